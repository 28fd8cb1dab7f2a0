import Concurrency
import Foundation
import TestSupport
import Testing
import Transport

@testable import AWSServices

@Suite(.timeLimit(.minutes(3))) struct `Copies within S3, played by moto` {
    private func bytes(_ count: Int) -> Data {
        Data((0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ $0 >> 9) })
    }

    /// An object with a content type, metadata and a header that facts do not tell.
    private func object(_ s3: S3, _ bucket: String, _ key: String, _ data: Data) async throws {
        _ = try await s3.service.send(
            s3.operation(
                "PutObject", "PUT", bucket, key,
                headers: [
                    ("Content-Type", "text/x"), ("x-amz-meta-author", "nobody"),
                    ("Cache-Control", "no-cache"),
                ]
                    + S3Checksum.crc32.headers(S3Checksum.crc32.of(data)), input: .body(.data(data))))
    }

    private func cacheControl(_ s3: S3, _ bucket: String, _ key: String) async throws -> String? {
        try await s3.service.send(s3.operation("HeadObject", "HEAD", bucket, key)).head["cache-control"]
    }

    @Test(arguments: ["plain", "a b/é(1)+=%~*'!.txt", "日本語/😀", "50%", "=&$@:,;?#"])
    func `keep content and metadata under any key`(key: String) async throws {
        let moto = try Moto()
        let (s3, source) = try await moto.bucket(moto.account())
        let (_, target) = try await moto.bucket(moto.account())
        let data = Data("hello \(key)".utf8)
        try await object(s3, source, key, data)
        let receipt = try await s3.copy(S3CopySource(source, key), to: target, "copy of \(key)")
        let (facts, read) = try await s3.get(target, "copy of \(key)")
        #expect(read == data && facts.eTag == receipt.eTag)
        #expect(facts.contentType == "text/x" && facts.metadata == ["author": "nobody"])
    }

    @Test func `replace the metadata where that is asked for, and only then`() async throws {
        let moto = try Moto()
        let (s3, bucket) = try await moto.bucket(moto.account())
        try await object(s3, bucket, "k", Data("x".utf8))
        var options = S3WriteOptions()
        options.contentType = "text/y"
        options.metadata = ["reader": "somebody"]
        let error = await #expect(throws: AWSError.self) {
            try await s3.copy(S3CopySource(bucket, "k"), to: bucket, "l", options: options)
        }
        guard case .invalidOperation = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        _ = try await s3.copy(
            S3CopySource(bucket, "k"), to: bucket, "l", options: options, replacesMetadata: true)
        let facts = try await s3.head(bucket, "l")
        #expect(facts.contentType == "text/y" && facts.metadata == ["reader": "somebody"])
    }

    @Test func `are encrypted with a key of KMS`() async throws {
        let moto = try Moto()
        let account = try await moto.account()
        let (s3, bucket) = try await moto.bucket(account)
        let key = try await KMS(account).createKey("copies")
        try await object(s3, bucket, "k", Data("x".utf8))
        var options = S3WriteOptions()
        options.encryption = .kms(keyID: key)
        _ = try await s3.copy(S3CopySource(bucket, "k"), to: bucket, "l", options: options)
        let facts = try await s3.head(bucket, "l")
        #expect(facts.encryption == "aws:kms" && facts.encryptionKeyID == key)
    }

    @Test func `of what is large are made in parts, with all that belongs to the object`() async throws {
        let moto = try Moto()
        let (s3, bucket) = try await moto.bucket(moto.account())
        let data = bytes(12_000_000)
        try await object(s3, bucket, "a b/é", data)
        let receipt = try await s3.copy(
            S3CopySource(bucket, "a b/é"), to: bucket, "big", options: S3WriteOptions(),
            replacesMetadata: false, parts: S3Parts(partBytes: 5 << 20, width: 2), mostBytes: 1 << 20)
        #expect(receipt.eTag.contains("-3"))
        let (facts, read) = try await s3.get(bucket, "big")
        #expect(read == data && facts.length == data.count)
        #expect(facts.contentType == "text/x" && facts.metadata == ["author": "nobody"])
        #expect(try await cacheControl(s3, bucket, "big") == "no-cache")
        #expect(facts.checksums[.crc32] == S3Checksum.crc32.of(data))
    }

    @Test func `of another version than was meant, or of nothing, are refused`() async throws {
        let moto = try Moto()
        let (s3, bucket) = try await moto.bucket(moto.account())
        try await object(s3, bucket, "k", Data("x".utf8))
        let changed = await #expect(throws: AWSError.self) {
            try await s3.copy(S3CopySource(bucket, "k", eTag: "\"other\""), to: bucket, "l")
        }
        #expect(changed?.kind == .conflict)
        #expect(changed?.description.contains("s3://\(bucket)/k") == true)
        let gone = await #expect(throws: AWSError.self) {
            try await s3.copy(S3CopySource(bucket, "none"), to: bucket, "l")
        }
        #expect(gone?.kind == .notFound)
        let nowhere = await #expect(throws: AWSError.self) {
            try await s3.copy(S3CopySource(bucket, "k"), to: "no-such-bucket-here", "l")
        }
        #expect(nowhere?.kind == .notFound)
        #expect(try await s3.list(bucket).objects.map(\.key) == ["k"])
    }

    @Test func `an error inside an answer of 200 is an error, and gives the parts up`() async throws {
        let moto = try Moto()
        let (s3, bucket) = try await moto.bucket(moto.account())
        try await object(s3, bucket, "k", bytes(11 << 20))
        let refused = "<Error><Code>InternalError</Code><Message>We met an internal error.</Message></Error>"
        let client = ScriptedClient(moto.http) { _, request in
            let isCopy = request.headers.contains { $0.name == "x-amz-copy-source" }
            let isWhole = isCopy && !request.url.contains("partNumber")
            guard isWhole || request.url.contains("partNumber=2") else { return nil }
            return .json(refused, headers: [("x-amz-request-id", "R1")])
        }
        let failing = try S3(try await moto.account(http: client))
        for mostBytes in [5 << 30, 1 << 20] {
            let error = await #expect(throws: AWSError.self) {
                try await failing.copy(
                    S3CopySource(bucket, "k"), to: bucket, "l", options: S3WriteOptions(),
                    replacesMetadata: false, parts: S3Parts(partBytes: 5 << 20, width: 1),
                    mostBytes: mostBytes)
            }
            #expect(error?.code == "InternalError" && error?.requestID == "R1")
            #expect(error?.isRetryable == true)
        }
        let copies = client.requests.filter { $0.headers.contains { $0.name == "x-amz-copy-source" } }
        let pinned = try await s3.head(bucket, "k").eTag
        #expect(
            copies.allSatisfy { request in
                request.headers.contains { $0.name == "x-amz-copy-source-if-match" && $0.value == pinned }
            })
        let answer = try await s3.service.send(
            s3.operation("ListMultipartUploads", "GET", bucket, parameters: "?uploads"))
        #expect(try s3.service.xml(answer, "ListMultipartUploads").all("Upload").isEmpty)
        #expect(try await s3.list(bucket).objects.map(\.key) == ["k"])
    }

    @Test func `say under what condition they are written, and from which version`() async throws {
        let client = ScriptedClient { _, request in
            request.method == "HEAD"
                ? .json("", headers: [("ETag", "\"e\""), ("Content-Length", "5")])
                : .json("<CopyObjectResult><ETag>\"f\"</ETag></CopyObjectResult>")
        }
        let s3 = try S3(try await Moto().account(http: client))
        var options = S3WriteOptions()
        options.condition = .isAbsent
        let receipt = try await s3.copy(
            S3CopySource("bucket-1", "a b", versionID: "v+1"), to: "bucket-2", "l", options: options)
        #expect(receipt.eTag == "\"f\"")
        #expect(client.requests.first?.target == "/bucket-1/a%20b?versionId=v%2B1")
        let sent = try #require(client.requests.last)
        func header(_ name: String) -> String? { sent.headers.first { $0.name == name }?.value }
        #expect(header("x-amz-copy-source") == "bucket-1/a%20b?versionId=v%2B1")
        #expect(header("x-amz-copy-source-if-match") == "\"e\"" && header("If-None-Match") == "*")
        #expect(header("x-amz-metadata-directive") == "COPY")
        let names = header("Authorization") ?? ""
        #expect(names.contains("x-amz-copy-source;x-amz-copy-source-if-match;"))
    }
}
