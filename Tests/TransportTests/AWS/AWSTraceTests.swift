import Concurrency
import Foundation
import TestSupport
import Testing

@testable import Transport

@Suite struct `The trace of a request` {
    private static let known = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"

    /// The headers of the one call that is made.
    private func sent() async throws -> [(name: String, value: String)] {
        let replay = ReplayHTTPClient([
            .init(method: "POST", url: "https://sqs.eu-west-1.amazonaws.com/", body: Data("{}".utf8))
        ])
        let service = try AWSService(
            AWSServiceDescription(
                endpointPrefix: "sqs", apiProtocol: .json(.v1_0, targetPrefix: "AmazonSQS")),
            region: "eu-west-1",
            credentials: StaticCredentials(AWSCredentials(accessKeyID: "AKID", secretAccessKey: "s")),
            http: replay)
        _ = try await service.send(AWSOperation("ListQueues"))
        return try #require(replay.requests.first).headers
    }

    @Test func `goes with every call of its task and of the tasks that it begins, unsigned`() async throws {
        try await RequestTrace.$header.withValue(Self.known) {
            let tasks = [Task { try await sent() }, Task { try await sent() }]
            for headers in [try await sent(), try await tasks[0].value, try await tasks[1].value] {
                #expect(headers.filter { $0.name == "X-Amzn-Trace-Id" }.map(\.value) == [Self.known])
                let signed = headers.first { $0.name == "Authorization" }?.value
                #expect(signed?.contains("x-amzn-trace-id") == false)
            }
        }
        let headers = try await sent()
        #expect(!headers.contains { $0.name == "X-Amzn-Trace-Id" })
    }

    @Test(arguments: [
        "", "Root=1\r\nX-Evil: yes", "Root=é", "Root=\"1\"", String(repeating: "x", count: 513),
    ])
    func `is left out where it is none, and makes no call fail`(header: String) async throws {
        try await RequestTrace.$header.withValue(header) {
            let headers = try await sent()
            #expect(!headers.contains { $0.name == "X-Amzn-Trace-Id" })
        }
    }
}
