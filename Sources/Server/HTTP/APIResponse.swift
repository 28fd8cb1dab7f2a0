import Foundation
import HTTPTypes
import JSONValue

/// A response as the routes make it.
struct APIResponse: Sendable {
    enum Body: Sendable {
        case data(Data)
        case events(EventStream)
        case bytes(ByteStream)
        case webSocket(WebSocketSession)
    }

    var status: HTTPResponse.Status
    var headers: HTTPFields
    var body: Body

    init(status: HTTPResponse.Status = .ok, headers: HTTPFields = [:], body: Body = .data(Data())) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// A JSON document.
    ///
    /// - Parameter location: the path of what was made; `nil` where nothing was.
    static func json(
        _ value: some Encodable, status: HTTPResponse.Status = .ok, contentType: String = "application/json",
        location: String? = nil
    ) throws -> APIResponse {
        var headers: HTTPFields = [.contentType: contentType]
        headers[.location] = location
        return APIResponse(status: status, headers: headers, body: .data(try WireJSON.encode(value)))
    }

    /// A JSON value as it stands, its keys in order.
    static func json(
        _ value: JSONValue, status: HTTPResponse.Status = .ok
    ) throws -> APIResponse {
        APIResponse(
            status: status, headers: [.contentType: "application/json"], body: .data(Data(try value.utf8())))
    }

    /// JSON text that was written already.
    static func json(utf8: [UInt8], status: HTTPResponse.Status = .ok) -> APIResponse {
        APIResponse(
            status: status, headers: [.contentType: "application/json"], body: .data(Data(utf8)))
    }

    /// Server-sent events.
    static func events(_ stream: EventStream) -> APIResponse {
        // Proxies that gather a response before passing it on would hold the events back.
        APIResponse(
            headers: [.contentType: "text/event-stream", .acceleratedBuffering: "no"], body: .events(stream))
    }

    /// The body when it is not a stream.
    var data: Data? {
        if case .data(let data) = body { data } else { nil }
    }
}

/// How JSON is written: snake case, keys in order, times as RFC 3339.
enum WireJSON {
    static func encode(_ value: some Encodable) throws -> Data {
        Data(try WireEncoder.encode(value))
    }
}

/// An optional that is written as `null` instead of being left out, so that a client can rely on the key.
@propertyWrapper
struct Nullable<Value: Encodable & Sendable>: Encodable, Sendable {
    var wrappedValue: Value?

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let wrappedValue {
            try container.encode(wrappedValue)
        } else {
            try container.encodeNil()
        }
    }
}
