import Foundation
import TestSupport
import Testing

@testable import Transport

/// A refused call's response, and what botocore's parser reads in it.
private struct KnownRefusal: Decodable {
    struct Told: Decodable {
        var code: String
        var message: String
        var requestID: String
    }

    var `protocol`: String
    var status: Int
    var headers: [[String]]
    var body: String
    var expected: Told
}

private struct KnownCodes: Decodable {
    var throttling: Set<String>
    var transient: Set<String>
    var statuses: Set<Int>
}

@Suite struct `AWS's refusals` {
    private func refusal(_ code: String, status: Int = 400) -> AWSError {
        .refused(
            AWSError.Refusal(
                service: "sqs", operation: "SendMessage", status: status, code: code, message: "m",
                requestID: "r"))
    }

    @Test func `are read as botocore reads them, in every protocol`() throws {
        let known = try Fixtures.jsonLines("aws/refusals.jsonl", as: KnownRefusal.self)
        #expect(Set(known.map(\.protocol)) == ["rest-json", "rest-xml", "json", "query"])
        for row in known {
            let head = HTTPResponseHead(
                status: row.status, headers: row.headers.map { (name: $0[0], value: $0[1]) })
            let told = AWSRefusalText(head, body: Data(row.body.utf8))
            #expect(told.code == row.expected.code, "\(row)")
            #expect(told.message == row.expected.message, "\(row)")
            #expect(told.requestID ?? "" == row.expected.requestID, "\(row)")
        }
    }

    @Test func `that botocore's standard mode retries are retryable`() throws {
        let known = try JSONDecoder().decode(KnownCodes.self, from: try Fixtures.data("aws/retryable.json"))
        #expect(known.throttling.isSubset(of: AWSRetryableCodes.throttling))
        for code in known.throttling.union(known.transient) { #expect(refusal(code).isRetryable) }
        for code in known.throttling { #expect(refusal(code).isThrottling) }
        for status in known.statuses { #expect(refusal("", status: status).isRetryable) }
        for code in ["AccessDenied", "ValidationException", "", "ExpiredToken"] {
            #expect(!refusal(code).isRetryable)
        }
    }

    @Test(arguments: [
        #"{"__type":"com.amazonaws.dynamodb#ProvisionedThroughputExceededException"}"#,
        "<ErrorResponse><Error><Code>Throttling</Code></Error></ErrorResponse>",
        "<Error><Code>SlowDown</Code></Error>",
    ])
    func `that ask for patience in the body alone are waited out`(body: String) async throws {
        let url = "https://sqs.us-east-1.amazonaws.com/"
        let replay = ReplayHTTPClient([
            .init(method: "POST", url: url, status: 400, body: Data(body.utf8)),
            .init(method: "POST", url: url, body: Data("{}".utf8)),
        ])
        let clock = ManualClock()
        let http = RetryingHTTPClient(replay, classification: .aws, clock: clock)
        let response = try await http.send(HTTPRequest(method: "POST", url: url))
        #expect(response.head.status == 200)
        #expect(clock.sleeps.count == 1)
    }

    @Test func `say what happened, where and what to do, and no more than 300 characters of AWS's words`() {
        let long = AWSRefusalText(
            HTTPResponseHead(status: 400, headers: []),
            body: Data(#"{"message":"\#(String(repeating: "x\\n", count: 400))"}"#.utf8))
        #expect(long.message.count == 300)
        #expect(!long.message.contains("\n"))
        let errors: [AWSError] = [
            refusal("SlowDown"), refusal("AccessDenied"),
            .unexpectedResponse(service: "s3", operation: "GetObject", reason: "r", requestID: "i"),
            .damagedStream(
                .truncated(missingBytes: 3, offset: 1), service: "b", operation: "o", requestID: "i"),
            .damagedObject(resource: "s3://b/k", checksum: "CRC32", requestID: "i"),
            .invalidOperation(service: "s3", operation: "PutObject", reason: "r"),
            .noEndpoint(service: "s3", region: "x", reason: "r"), .missingCredentials(variable: "V"),
            .transport(.couldNotResolve(host: "h")),
        ]
        #expect(Set(errors.map(\.description)).count == errors.count)
        #expect(errors.filter(\.isRetryable).count == 3)
        #expect(errors[0].description.contains("retry can help"))
        #expect(errors[0].code == "SlowDown")
        #expect(errors[0].requestID == "r")
    }
}
