import Foundation

/// A request as this library makes it, before it has an address and credentials.
struct Call: Sendable {
    enum Method: String, Sendable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    struct Body: Sendable {
        var type: String
        var data: Data
    }

    var method: Method
    /// Segments, not yet encoded.
    var path: [String]
    var query: [(name: String, value: String)] = []
    var headers: [(name: String, value: String)] = []
    var body: Body?
    var accept = "application/json"
    /// Whether doing it twice is the same as doing it once, so that it may be sent again when it is not known what
    /// became of it.
    var isIdempotent: Bool

    init(_ method: Method, _ path: String...) {
        self.method = method
        self.path = path
        isIdempotent = method != .post
    }

    /// With `value` as its body.
    ///
    /// - Throws: ``MillraceError/invalidRequest(reason:)`` for a number that JSON has no way to write.
    func sending(_ value: some Encodable) throws -> Call {
        var call = self
        do {
            call.body = Body(type: "application/json", data: try Wire.encoder.encode(value))
        } catch {
            throw MillraceError.invalidRequest(reason: "The body cannot be written as JSON: \(error)")
        }
        return call
    }

    /// With a parameter of the query, where there is one.
    func asking(_ name: String, _ value: (some CustomStringConvertible)?) -> Call {
        guard let value else { return self }
        var call = self
        call.query.append((name, value.description))
        return call
    }

    /// With a header.
    func heading(_ name: String, _ value: String) -> Call {
        var call = self
        call.headers.append((name, value))
        return call
    }

    /// For events instead of one object.
    var streaming: Call {
        var call = self
        call.accept = "text/event-stream"
        return call
    }

    /// Its address.
    ///
    /// - Throws: ``MillraceError/invalidRequest(reason:)``.
    func url(under base: URL) throws -> URL {
        guard let scheme = base.scheme?.lowercased(), scheme == "http" || scheme == "https",
            base.host != nil, base.query == nil, base.fragment == nil
        else {
            throw MillraceError.invalidRequest(
                reason: "“\(base)” is no server's address; write it as https://search.example.com")
        }
        var text = base.absoluteString
        while text.last == "/" { text.removeLast() }
        for segment in path {
            // These mean another place in an address, however they are encoded.
            guard !segment.isEmpty, segment != ".", segment != ".." else {
                throw MillraceError.invalidRequest(reason: "“\(segment)” cannot be part of an address")
            }
            text += "/" + Self.encoded(segment)
        }
        let parameters = query.map { Self.encoded($0.name) + "=" + Self.encoded($0.value) }
        if !parameters.isEmpty { text += "?" + parameters.joined(separator: "&") }
        guard let url = URL(string: text) else {
            throw MillraceError.invalidRequest(reason: "“\(text)” is no address")
        }
        return url
    }

    /// All but the unreserved characters of RFC 3986 percent-encoded.
    private static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }

    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
}
