import Concurrency
import Foundation
import HTTPTypes
import Identity

/// A request as the routes see it: whole, and independent of the library that received it.
struct APIRequest: Sendable {
    var method: HTTPRequest.Method
    /// As it was sent, percent-encoded, without query.
    var path: String
    /// As it was sent, without the question mark; `nil` when there is none.
    var query: String?
    /// The `Host` header, or `nil` when there is none.
    var host: String?
    var headers: HTTPFields
    var body: Data
    /// The address of who is at the other end of the connection; `nil` for a socket without one.
    var peer: String?
    /// Names the request in responses and logs.
    var id: String
    /// Whether a page of an origin asks that the settings name.
    var hasAdmittedOrigin = false
    /// Whether it came as a message of a WebSocket: no header of its response reaches a browser, so that no cookie is
    /// changed for another by it.
    var isMessage = false
    /// The session of the handshake that it came after, whose cookie may be another one by now.
    var session: HeldSession?
    /// Who asks, where that was found out before it was known which tenant's documents are asked for.
    var found: CallerReader.Found?

    init(
        method: HTTPRequest.Method, path: String, query: String? = nil, host: String? = "localhost",
        headers: HTTPFields = [:],
        body: Data = Data(), peer: String? = "127.0.0.1", id: String
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.host = host
        self.headers = headers
        self.body = body
        self.peer = peer
        self.id = id
    }
}

extension APIRequest {
    /// The fields of the query string, decoded as `application/x-www-form-urlencoded`; one that cannot be decoded
    /// is left as it was sent.
    var queryFields: [(name: String, value: String)] {
        (query ?? "").split(separator: "&").map { field in
            let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                .map { part in
                    let spaced = part.replacing("+", with: " ")
                    return spaced.removingPercentEncoding ?? String(spaced)
                }
            return (parts[0], parts.count > 1 ? parts[1] : "")
        }
    }
}

/// Where a request's body comes from, for whoever asks for it.
struct BodySource: Sendable {
    /// The body whole, within the server's limit.
    var whole: @Sendable () async throws -> Data
    /// The body as it comes, of so many bytes at most.
    var pieces: @Sendable (_ limitBytes: Int) -> PulledSequence<Data>

    /// Tells the sender something before the response (RFC 9110, section 15.2), where the connection can.
    var interim: @Sendable (HTTPResponse.Status, HTTPFields) async -> Void = { _, _ in }

    /// No body.
    static let none = BodySource(whole: { Data() }, pieces: { _ in PulledSequence([]) })
}

/// The names of a request, given by the client or made here.
enum RequestID {
    static let header = HTTPField.Name.requestID

    /// The client's own id when it is fit for a log line, else a fresh one.
    static func choose(from headers: HTTPFields, fresh: () -> String) -> String {
        guard let given = headers[header], (1...128).contains(given.utf8.count),
            given.utf8.allSatisfy({ isFit($0) })
        else { return fresh() }
        return given
    }

    private static func isFit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
