import Concurrency
import Foundation
import TestSupport
import Transport

@testable import AWSServices

/// Accounts of the AWS that moto plays.
struct Moto: Sendable {
    private let server: MotoServer
    let http: CurlHTTPClient

    init() throws {
        server = try MotoServer()
        http = try MetadataServer.client()
    }

    var endpoint: String { server.endpoint }

    func keys(of user: String) -> AWSCredentials { server.keys(of: user) }

    func account(
        _ keys: AWSCredentials? = nil, region: String = "us-east-1", http: (any HTTPClient)? = nil,
        attempts: Int = 1
    ) async throws -> AWSAccount {
        let environment = AWSEnvironment(variables: [
            "AWS_ENDPOINT_URL": endpoint, "AWS_MAX_ATTEMPTS": "\(attempts)",
        ])
        return try await AWSAccount(
            environment: environment, region: region,
            credentials: StaticCredentials(keys ?? self.keys(of: "admin")), http: http ?? self.http,
            localHTTP: self.http, clock: ManualClock())
    }

    /// A name that no other test has.
    static func name(_ prefix: String) -> String { "\(prefix)-\(UInt32.random(in: .min ... .max))" }

    /// A bucket of its own.
    func bucket(_ account: AWSAccount) async throws -> (S3, String) {
        let s3 = try S3(account)
        let name = Self.name("bucket")
        _ = try await s3.service.send(s3.operation("CreateBucket", "PUT", name))
        return (s3, name)
    }
}

/// A client whose first answers are a fault's.
final class FaultyClient: HTTPClient {
    private let client: any HTTPClient
    private let faults: [Int]
    private let count = Counter()

    /// - Parameter faults: the statuses of the first answers.
    init(_ client: any HTTPClient, faults: [Int]) {
        self.client = client
        self.faults = faults
    }

    var sent: Int { count.value }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let number = count.next()
        guard number >= faults.count else {
            return HTTPResponse(head: HTTPResponseHead(status: faults[number], headers: []), body: Data())
        }
        return try await client.send(request)
    }

    func stream(_ request: HTTPRequest) async throws(TransportError) -> HTTPStreamedResponse {
        try await client.stream(request)
    }
}
