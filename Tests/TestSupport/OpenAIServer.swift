import Foundation
import Models
import Transport

/// The loopback server of OpenAI's interface of `openai_server.py`, and endpoints that talk to it.
///
/// One server runs for the whole test process. Each value has a key of its own, by which the server keeps
/// injected failures and its memory of requests apart.
public struct OpenAIServer: Sendable {
    private static let shared = Result { try ChildServer(script: "openai_server.py") }

    /// A key that the server knows.
    public let key: String
    /// Scheme, host and port; TEI's reranking lies right below it.
    public let root: URL
    private let child: ChildServer
    /// For the control requests, past the endpoint under test.
    private let control: CurlHTTPClient

    /// A request that came with the server's own key.
    public struct Seen: Decodable, Sendable {
        public var path: String
        /// By name in lower case.
        public var headers: [String: String]
    }

    /// The server's address is no URL.
    public struct NoAddress: Error {}

    public init() throws {
        child = try Self.shared.get()
        guard let root = URL(string: child.url) else { throw NoAddress() }
        self.root = root
        key = "sk-test-\(UInt64.random(in: .min ... .max))"
        control = try Self.client()
    }

    /// Where OpenAI's paths begin.
    public var baseURL: URL { root.appending(path: "v1") }

    /// An endpoint over the real HTTP client, with connections of its own.
    ///
    /// - Parameters:
    ///   - baseURL: another than ``baseURL``.
    ///   - key: another than the server's own.
    ///   - policy: retries; none unless given.
    ///   - clock: what the waits between retries pass on.
    public func endpoint(
        _ baseURL: URL? = nil, key: OpenAIEndpoint.Key? = nil, timeout: Duration = .seconds(20),
        policy: RetryPolicy? = nil, clock: any Clock<Duration> = ManualClock()
    ) throws -> OpenAIEndpoint {
        var once = OpenAIEndpoint.retries
        once.maxAttempts = 1
        return OpenAIEndpoint(
            baseURL ?? self.baseURL, http: try Self.client(), key: key ?? { [own = self.key] in own },
            timeout: timeout,
            policy: policy ?? once, clock: clock)
    }

    /// Makes the next requests fail, one each; the names stand at the head of `openai_server.py`.
    public func fail(_ faults: String...) async throws {
        _ = try await control.send(
            HTTPRequest(
                method: "PUT", url: "\(child.url)/-/faults/\(key)", body: try JSONEncoder().encode(faults)))
    }

    /// What was asked so far.
    public func requests() async throws -> [Seen] {
        try JSONDecoder().decode([Seen].self, from: try await requestsText())
    }

    /// The same as JSON, bodies included.
    public func requestsText() async throws -> Data {
        try await control.send(HTTPRequest(url: "\(child.url)/-/requests/\(key)")).body
    }

    private static func client() throws -> CurlHTTPClient {
        var configuration = HTTPClientConfiguration()
        configuration.proxy = .none
        return try CurlHTTPClient(configuration: configuration)
    }
}
