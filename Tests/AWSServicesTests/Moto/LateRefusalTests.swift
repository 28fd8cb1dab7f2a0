import Foundation
import TestSupport
import Testing
import Transport

@testable import AWSServices

@Suite(.timeLimit(.minutes(2))) struct `An error that S3 tells behind a status of 200` {
    /// What S3 writes when it fails after it has begun to answer.
    private static let refused = HTTPResponse(
        head: HTTPResponseHead(status: 200, headers: [("x-amz-request-id", "R1")]),
        body: Data("<Error><Code>InternalError</Code><Message>Try again.</Message></Error>".utf8))

    /// Requests of a kind are refused so the first time.
    private func failingOnce(
        _ next: any HTTPClient, _ isMeant: @escaping @Sendable (HTTPRequest) -> Bool
    ) -> ScriptedClient {
        let count = Counter()
        return ScriptedClient(next) { _, request in
            isMeant(request) && count.next() == 0 ? Self.refused : nil
        }
    }

    private func bytes(_ count: Int) -> Data {
        Data((0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ $0 >> 9) })
    }

    @Test(arguments: ["copy", "part", "join"])
    func `is retried like any other`(what: String) async throws {
        let moto = try Moto()
        let (s3, bucket) = try await moto.bucket(moto.account())
        let data = bytes(6 << 20)
        _ = try await s3.put(bucket, "k", .data(data))
        let client = failingOnce(moto.http) { request in
            let isCopy = request.headers.contains { $0.name == "x-amz-copy-source" }
            return switch what {
            case "copy": isCopy && !request.url.contains("partNumber")
            case "part": isCopy && request.url.contains("partNumber=2")
            default: request.method == "POST" && request.url.contains("uploadId=")
            }
        }
        let retrying = try S3(try await moto.account(http: client, attempts: 2))
        _ = try await retrying.copy(
            S3CopySource(bucket, "k"), to: bucket, "l", options: S3WriteOptions(), replacesMetadata: false,
            parts: S3Parts(partBytes: 5 << 20, width: 1), mostBytes: what == "copy" ? 5 << 30 : 1 << 20)
        #expect(try await s3.get(bucket, "l").data == data)
    }
}
