import Foundation
import Transport

/// The loopback Bedrock of `aws_double.py`, and runtimes that talk to it.
///
/// One server runs for the whole test process. Each value has a key id of its own, by which the server
/// keeps injected failures and its memory of requests apart.
public struct BedrockServer: Sendable {
    private static let shared = Result { try ChildServer(script: "aws_double.py") }

    /// Keys that the server knows.
    public let credentials: AWSCredentials
    private let child: ChildServer
    /// For the control requests, past the runtime under test.
    private let control: CurlHTTPClient

    /// A request that the server answered or refused on purpose, its signature being right.
    public struct Seen: Decodable, Sendable {
        public var model: String
        public var action: String
    }

    public init() throws {
        child = try Self.shared.get()
        credentials = AWSCredentials(
            accessKeyID: "AKIDEXAMPLE\(UInt64.random(in: .min ... .max))",
            secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
        control = try Self.client()
    }

    public var endpoint: URL? { URL(string: child.url) }

    /// A runtime over the real HTTP client.
    ///
    /// - Parameters:
    ///   - credentials: others than the server's own.
    ///   - policy: retries; none unless given.
    ///   - clock: what the waits between retries pass on.
    public func runtime(
        region: String = "us-east-1", credentials: AWSCredentials? = nil, policy: RetryPolicy? = nil,
        clock: any Clock<Duration> = ContinuousClock(), timeout: Duration = .seconds(20),
        now: @escaping @Sendable () -> Date = { Date() }
    ) throws -> BedrockRuntime {
        let client = try Self.client()
        let http: any HTTPClient =
            policy.map { RetryingHTTPClient(client, policy: $0, classification: .aws, clock: clock) }
            ?? client
        return try BedrockRuntime(
            region: region, credentials: StaticCredentials(credentials ?? self.credentials), http: http,
            endpoint: endpoint,
            timeout: timeout, now: now)
    }

    /// The same server as the runtime of agents.
    public func agentRuntime() throws -> BedrockAgentRuntime {
        try BedrockAgentRuntime(
            region: "us-east-1", credentials: StaticCredentials(credentials), http: try Self.client(),
            endpoint: endpoint)
    }

    /// Makes the next requests fail, one each; the names stand at the head of `aws_double.py`.
    public func fail(_ faults: String...) async throws {
        let body = try JSONEncoder().encode(faults)
        _ = try await control.send(
            HTTPRequest(method: "PUT", url: "\(child.url)/-/faults/\(credentials.accessKeyID)", body: body))
    }

    /// What was asked so far.
    public func requests() async throws -> [Seen] {
        let response = try await control.send(
            HTTPRequest(url: "\(child.url)/-/requests/\(credentials.accessKeyID)"))
        return try JSONDecoder().decode([Seen].self, from: response.body)
    }

    private static func client() throws -> CurlHTTPClient {
        var configuration = HTTPClientConfiguration()
        configuration.proxy = .none
        return try CurlHTTPClient(configuration: configuration)
    }
}
