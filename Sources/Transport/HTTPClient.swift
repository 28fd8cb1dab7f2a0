import Concurrency
import Foundation

/// One HTTP request. Header names keep the case they are given in; repeats are sent as repeats.
public struct HTTPRequest: Sendable {
    public var method: String
    /// Absolute and already percent-encoded: it goes on the wire as it stands.
    public var url: String
    public var headers: [(name: String, value: String)]
    public var body: HTTPBody
    /// Limit of the whole exchange; where either side is streamed, or the body has a MiB or more, the longest
    /// silence.
    public var timeout: Duration

    public init(
        method: String = "GET", url: String, headers: [(name: String, value: String)] = [],
        body: HTTPBody = .none, timeout: Duration = .seconds(60)
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
    }

    /// A request whose body is in memory.
    public init(
        method: String, url: String, headers: [(name: String, value: String)] = [], body: Data,
        timeout: Duration = .seconds(60)
    ) {
        self.init(method: method, url: url, headers: headers, body: .data(body), timeout: timeout)
    }
}

extension HTTPRequest {
    /// Whether it has a header of that name.
    func hasHeader(_ name: String) -> Bool { headers.contains { $0.name.isHeader(name) } }
}

/// Status and headers of a response.
public struct HTTPResponseHead: Sendable {
    public var status: Int
    public var headers: [(name: String, value: String)]

    public init(status: Int, headers: [(name: String, value: String)]) {
        self.status = status
        self.headers = headers
    }

    /// The first value of a header; names compare without case.
    public subscript(name: String) -> String? {
        headers.first { $0.name.isHeader(name) }?.value
    }
}

public struct HTTPResponse: Sendable {
    public var head: HTTPResponseHead
    public var body: Data

    public init(head: HTTPResponseHead, body: Data) {
        self.head = head
        self.body = body
    }
}

/// A response whose body arrives piece by piece. Dropping the stream closes the connection.
public struct HTTPStreamedResponse: Sendable {
    public var head: HTTPResponseHead
    public var body: PulledSequence<Data>

    public init(head: HTTPResponseHead, body: PulledSequence<Data>) {
        self.head = head
        self.body = body
    }
}

/// How Millrace talks to the outside. Any status is a response; only a failed exchange throws.
public protocol HTTPClient: Sendable {
    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse
    func stream(_ request: HTTPRequest) async throws(TransportError) -> HTTPStreamedResponse
}
