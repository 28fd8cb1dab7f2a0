import Concurrency
import Foundation
import Synchronization
import Transport

/// Places in front of a server that plays AWS, where requests meet faults; see `aws_fault_proxy.py`.
public struct AWSFaultProxy: Sendable {
    private static let shared = Result { try ChildServer(script: "aws_fault_proxy.py") }
    private let child: ChildServer
    /// Reaches the proxy and what stands behind it, past the machine's own proxies.
    public let http: CurlHTTPClient

    public init() throws {
        child = try Self.shared.get()
        var configuration = HTTPClientConfiguration()
        configuration.proxy = .none
        http = try CurlHTTPClient(configuration: configuration)
    }

    /// A place of one's own.
    ///
    /// - Parameters:
    ///   - upstream: scheme, host and port of the server.
    ///   - faults: what the first requests meet, one each.
    /// - Returns: scheme, host and port of the place.
    public func place(before upstream: String, faults: [String]) async throws -> String {
        struct Wanted: Encodable {
            var upstream: Int
            var faults: [String]
        }
        struct Made: Decodable {
            var port: Int
        }
        guard let port = URL(string: upstream)?.port else { throw URLError(.badURL) }
        let body = try JSONEncoder().encode(Wanted(upstream: port, faults: faults))
        let answer = try await http.send(HTTPRequest(method: "POST", url: child.url + "/", body: body))
        return "http://127.0.0.1:\(try JSONDecoder().decode(Made.self, from: answer.body).port)"
    }
}

/// A client that has little time for its first request, and what requests ask for, or some time, with all others.
public final class ImpatientClient: HTTPClient {
    private let client: any HTTPClient
    private let first: Mutex<Duration?>
    private let later: Duration?

    /// - Parameters:
    ///   - first: limit of the first request; `nil` for its own.
    ///   - later: the same of those behind it: of the second, should the first not have reached a busy server.
    public init(_ client: any HTTPClient, first: Duration?, later: Duration? = nil) {
        self.client = client
        self.first = Mutex(first)
        self.later = later
    }

    public func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        try await client.send(limited(request))
    }

    public func stream(_ request: HTTPRequest) async throws(TransportError) -> HTTPStreamedResponse {
        try await client.stream(limited(request))
    }

    private func limited(_ request: HTTPRequest) -> HTTPRequest {
        var request = request
        if let limit = first.withLock({ $0.take() }) ?? later { request.timeout = limit }
        return request
    }
}
