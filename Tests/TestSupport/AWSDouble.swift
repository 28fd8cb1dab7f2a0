import Foundation
import Transport

/// The loopback AWS of `aws_double.py`: Bedrock, SageMaker, Comprehend, Kendra and OpenSearch, every request checked
/// against AWS's own models.
///
/// One server runs for the whole test process. Each value has a key id of its own, by which the server keeps injected
/// failures, documents and its memory of requests apart.
public struct AWSDouble: Sendable {
    private static let shared = Result { try ChildServer(script: "aws_double.py") }

    /// Keys that the server knows.
    public let credentials: AWSCredentials
    public let http: CurlHTTPClient
    private let child: ChildServer

    /// A request that the server answered or refused on purpose, its signature being right.
    public struct Seen: Decodable, Sendable {
        public var service: String
        public var operation: String
        public var model: String?
        /// By name in lower case.
        public var headers: [String: String]
    }

    public init() throws {
        child = try Self.shared.get()
        credentials = AWSCredentials(
            accessKeyID: "AKIDEXAMPLE\(UInt64.random(in: .min ... .max))",
            secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
        var configuration = HTTPClientConfiguration()
        configuration.proxy = .none
        http = try CurlHTTPClient(configuration: configuration)
    }

    /// Scheme, host and port.
    public var endpoint: String { child.url }

    /// Bedrock's runtime there as the program has it, over a service with AWS's own retries.
    public func bedrock(retrier: AWSRetrier) throws -> BedrockRuntime {
        BedrockRuntime(
            try AWSService(
                BedrockRuntime.description, region: "us-east-1",
                credentials: StaticCredentials(credentials), http: http, endpoint: URL(string: endpoint),
                retrier: retrier, timeout: .seconds(20), skew: AWSClockSkew()))
    }

    /// Bedrock's runtime there, over a service that does not retry.
    ///
    /// - Parameters:
    ///   - credentials: others than the server's own.
    ///   - policy: retries; none unless given.
    ///   - clock: what the waits between retries pass on.
    ///   - now: what requests are signed by.
    public func bedrock(
        region: String = "us-east-1", credentials: AWSCredentials? = nil, policy: RetryPolicy? = nil,
        clock: any Clock<Duration> = ContinuousClock(), timeout: Duration = .seconds(20),
        now: @escaping @Sendable () -> Date = { Date() }
    ) throws -> BedrockRuntime {
        let http: any HTTPClient =
            policy.map { RetryingHTTPClient(self.http, policy: $0, classification: .aws, clock: clock) }
            ?? self.http
        return try BedrockRuntime(
            region: region, credentials: StaticCredentials(credentials ?? self.credentials), http: http,
            endpoint: URL(string: endpoint), timeout: timeout, now: now)
    }

    /// Bedrock's runtime of agents there.
    public func bedrockAgents() throws -> BedrockAgentRuntime {
        try BedrockAgentRuntime(
            region: "us-east-1", credentials: StaticCredentials(credentials), http: http,
            endpoint: URL(string: endpoint))
    }

    /// Makes the next requests fail, one each; the names stand at the head of `aws_double.py`.
    public func fail(_ faults: String...) async throws {
        try await fail(faults)
    }

    /// The same with a list of them.
    public func fail(_ faults: [String]) async throws {
        try await put("faults", try JSONEncoder().encode(faults))
    }

    /// What the knowledge base and the index of Kendra hold: JSON as `aws_double.py` takes it.
    public func holdDocuments(_ json: String) async throws {
        try await put("documents", Data(json.utf8))
    }

    /// What was asked so far.
    public func requests() async throws -> [Seen] {
        try JSONDecoder().decode([Seen].self, from: try await requestsText())
    }

    /// The same as JSON, bodies included.
    public func requestsText() async throws -> Data {
        try await http.send(HTTPRequest(url: "\(endpoint)/-/requests/\(credentials.accessKeyID)")).body
    }

    private func put(_ what: String, _ body: Data) async throws {
        _ = try await http.send(
            HTTPRequest(method: "PUT", url: "\(endpoint)/-/\(what)/\(credentials.accessKeyID)", body: body))
    }
}
