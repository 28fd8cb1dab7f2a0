import Concurrency
import Crypto
import Foundation
import TestSupport
import Testing

@testable import Transport

@Suite struct `An AWS service` {
    private let keys = StaticCredentials(
        AWSCredentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: "hunter2"))
    private let objects = AWSServiceDescription(endpointPrefix: "s3", apiProtocol: .restXML)
    private let queue = AWSServiceDescription(
        endpointPrefix: "sqs", apiProtocol: .json(.v1_0, targetPrefix: "AmazonSQS"))

    private func service(
        _ description: AWSServiceDescription, _ http: any HTTPClient, endpoint: URL? = nil
    ) throws -> AWSService {
        try AWSService(
            description, region: "eu-west-1", credentials: keys, http: http, endpoint: endpoint)
    }

    private func put(_ body: HTTPBody, path: String = "/k") -> AWSOperation {
        AWSOperation("PutObject", method: "PUT", path: path, input: .body(body))
    }

    @Test func `sends a file whose hash it has read, without having it in memory`() async throws {
        struct Receipt: Decodable {
            var length: Int
            var sha256: String
            var headers: [[String]]
        }
        let folder = try TemporaryDirectory()
        let data = Data((0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7 >> 3) })
        let file = try folder.write(data, to: "object")
        let faults = try FaultServer.shared.get()
        let service = try service(
            objects, try FaultServer.client(), endpoint: URL(string: faults.server.url))
        let answer = try await service.send(put(try .file(at: file.path), path: "/upload"))
        let receipt = try JSONDecoder().decode(Receipt.self, from: answer.body)
        let hash = SHA256.hash(data: data).hexadecimal
        #expect(receipt.length == data.count)
        #expect(receipt.sha256 == hash)
        let told = receipt.headers.filter { $0[0].lowercased() == "x-amz-content-sha256" }
        #expect(told.map { $0[1] } == [hash])
        #expect(
            receipt.headers.contains { $0[0] == "Authorization" && $0[1].contains("x-amz-content-sha256") })
    }

    @Test func `sends a stream unsigned to S3 over TLS, and nowhere else`() async throws {
        let body = HTTPBody.stream(PulledSequence([Data("abc".utf8)]), length: 3)
        let url = "https://s3.eu-west-1.amazonaws.com/k"
        let replay = ReplayHTTPClient([.init(method: "PUT", url: url)])
        _ = try await service(objects, replay).send(put(body))
        let sent = try #require(replay.requests.first)
        #expect(sent.headers.first { $0.name == "X-Amz-Content-SHA256" }?.value == "UNSIGNED-PAYLOAD")
        let plain = try service(objects, replay, endpoint: URL(string: "http://127.0.0.1:1"))
        let other = try service(
            AWSServiceDescription(endpointPrefix: "lambda", apiProtocol: .restJSON), replay)
        for service in [plain, other] {
            let error = await #expect(throws: AWSError.self) { try await service.send(put(body)) }
            guard case .invalidOperation(_, "PutObject", _) = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
        #expect(replay.requests.count == 1)
    }

    @Test func `tells a refusal with its code, id and whether a retry helps`() async throws {
        let body = Data(#"{"__type":"com.amazonaws.sqs#RequestThrottled","message":"slower"}"#.utf8)
        let replay = ReplayHTTPClient([
            .init(
                method: "POST", url: "https://sqs.eu-west-1.amazonaws.com/", status: 400,
                headers: [("x-amzn-RequestId", "id-1")], body: body),
            .init(
                method: "POST", url: "https://sqs.eu-west-1.amazonaws.com/", status: 403,
                headers: [("x-amzn-RequestId", "id-2")], body: Data("{}".utf8)),
        ])
        let service = try service(queue, replay)
        let throttled = await #expect(throws: AWSError.self) {
            try await service.send(AWSOperation("ListQueues"))
        }
        #expect(throttled?.code == "RequestThrottled")
        #expect(throttled?.requestID == "id-1")
        #expect(throttled?.isThrottling == true)
        #expect(throttled?.isRetryable == true)
        let denied = await #expect(throws: AWSError.self) {
            try await service.stream(AWSOperation("ListQueues"))
        }
        #expect(denied?.code == nil)
        #expect(denied?.isRetryable == false)
        #expect(denied.map { "\($0)".contains("status 403, AWS request id id-2") } == true)
    }

    @Test func `goes to the host of the variant asked for`() throws {
        let replay = ReplayHTTPClient([])
        let service = try AWSService(
            objects, region: "us-gov-west-1", credentials: keys, http: replay, variant: [.dualStack, .fips])
        #expect(service.endpoint == "https://s3-fips.dualstack.us-gov-west-1.amazonaws.com")
        #expect(throws: AWSError.self) {
            try AWSService(objects, region: "cn-north-1", credentials: keys, http: replay, variant: .fips)
        }
    }

    @Test func `without keys sends nothing and names the variable`() async throws {
        let replay = ReplayHTTPClient([])
        let service = try AWSService(
            queue, region: "eu-west-1", credentials: EnvironmentCredentials(environment: [:]), http: replay)
        await #expect(throws: AWSError.missingCredentials(variable: "AWS_ACCESS_KEY_ID")) {
            try await service.send(AWSOperation("ListQueues"))
        }
        #expect(replay.requests.isEmpty)
    }
}
