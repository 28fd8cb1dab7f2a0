import AWSServices
import Corpus
import Foundation
import TestSupport
import Testing
import Transport

@testable import Backends

/// What every `BlobStore` does, on a folder and on a bucket of moto's.
@Suite(.timeLimit(.minutes(3))) struct `Blob stores` {
    enum Engine: String, CaseIterable, Sendable {
        case folder, s3
    }

    /// A store of its own, with what it lives in.
    private func store(_ engine: Engine) async throws -> (any BlobStore, TemporaryDirectory) {
        let folder = try TemporaryDirectory()
        switch engine {
        case .folder: return (FolderBlobStore(folder: folder.url.appendingPathComponent("blobs")), folder)
        case .s3:
            let moto = try MotoServer()
            let environment = AWSEnvironment(variables: ["AWS_ENDPOINT_URL": moto.endpoint])
            let client = try CurlHTTPClient(configuration: HTTPClientConfiguration())
            let account = try await AWSAccount(
                environment: environment, region: "us-east-1",
                credentials: StaticCredentials(moto.keys(of: "admin")), http: client, localHTTP: client)
            let s3 = try S3(account)
            let bucket = "blobs-\(UInt32.random(in: 0 ... .max))"
            try await s3.create(bucket)
            return (S3BlobStore(s3, .init(bucket: bucket, prefix: "mill/one")), folder)
        }
    }

    @Test(arguments: Engine.allCases) func `give back what was put, all of it or nothing`(engine: Engine)
        async throws
    {
        let (store, _) = try await store(engine)
        #expect(try await store.blob(at: "a/b.bin") == nil)
        let bytes = Data((0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        try await store.put(bytes, at: "a/b.bin")
        #expect(try await store.blob(at: "a/b.bin") == bytes)
        try await store.put(Data(), at: "a/b.bin")
        #expect(try await store.blob(at: "a/b.bin") == Data())
        try await store.remove("a/b.bin")
        try await store.remove("a/b.bin")
        #expect(try await store.blob(at: "a/b.bin") == nil)
    }

    @Test func `keep what is larger than an answer of S3 may be`() async throws {
        let moto = try MotoServer()
        var configuration = HTTPClientConfiguration()
        configuration.maxResponseBytes = 9 << 20
        let client = try CurlHTTPClient(configuration: configuration)
        let account = try await AWSAccount(
            environment: AWSEnvironment(variables: ["AWS_ENDPOINT_URL": moto.endpoint]), region: "us-east-1",
            credentials: StaticCredentials(moto.keys(of: "admin")), http: client, localHTTP: client)
        let s3 = try S3(account)
        let bucket = "blobs-\(UInt32.random(in: 0 ... .max))"
        try await s3.create(bucket)
        let store = S3BlobStore(s3, .init(bucket: bucket), encryption: nil, mostPutBytes: 1 << 20)
        let bytes = Data((0..<(20 << 20) + 3).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 16) })
        try await store.put(bytes, at: "large")
        #expect(try await store.blob(at: "large") == bytes)
        // It was written in parts.
        #expect(try await s3.head(bucket, "large").eTag.contains("-"))
        let tagged = try #require(try await store.taggedBlob(at: "large"))
        #expect(tagged.data == bytes)
        #expect(try await !store.put(bytes, at: "large", ifTag: nil))
        #expect(try await store.put(bytes.dropFirst(), at: "other", ifTag: nil))
        #expect(try await store.blob(at: "other") == bytes.dropFirst())
    }

    @Test(arguments: Engine.allCases) func `list what lies under a prefix, and nothing beside it`(
        engine: Engine
    ) async throws {
        let (store, _) = try await store(engine)
        for key in ["pages/1/x", "pages/2", "pages2/y", "other"] {
            try await store.put(Data(key.utf8), at: key)
        }
        let found = try await store.list(under: "pages").sorted { $0.key < $1.key }
        #expect(found.map(\.key) == ["pages/1/x", "pages/2"])
        #expect(found.map(\.byteCount) == [9, 7])
        #expect(try await store.list(under: "nothing").isEmpty)
        #expect(try await store.prune(under: "pages", toBytes: 8) == 1)
        #expect(try await store.list(under: "pages").count == 1)
    }

    @Test(
        arguments: Engine.allCases,
        ["", "/a", "a//b", "../a", "a/../b", ".hidden", "a b", "a\\b", "a\u{7}", "a/"])
    func `refuse keys that could lie elsewhere`(engine: Engine, key: String) async throws {
        let (store, _) = try await store(engine)
        await #expect(throws: (any Error).self) { try await store.put(Data("x".utf8), at: key) }
        await #expect(throws: (any Error).self) { try await store.blob(at: key) }
        await #expect(throws: (any Error).self) { try await store.remove(key) }
    }

    @Test func `name a blob that is damaged, and the setting that says where it lies`() async throws {
        let answer = ReplayHTTPClient.Exchange(
            url: "https://bucket-1.s3.us-east-1.amazonaws.com/mill/a/b.bin",
            headers: [
                ("ETag", "\"e\""), ("Content-Length", "3"), ("x-amz-request-id", "R1"),
                ("x-amz-checksum-crc32", "AAAAAA=="), ("x-amz-checksum-type", "FULL_OBJECT"),
            ], body: Data("abc".utf8))
        let http = ReplayHTTPClient([answer, answer])
        let account = try await AWSAccount(
            environment: AWSEnvironment(variables: [:]), region: "us-east-1",
            credentials: StaticCredentials(AWSCredentials(accessKeyID: "AKID", secretAccessKey: "s")),
            http: http, localHTTP: http)
        let store = S3BlobStore(
            try S3(account), .init(bucket: "bucket-1", prefix: "mill"), setting: "index.snapshots")
        let damage = DamagedBlob(
            place: "s3://bucket-1/mill/a/b.bin", setting: "index.snapshots",
            reason: "its CRC32 differs from the object's (AWS request id R1)")
        await #expect(throws: damage) { try await store.blob(at: "a/b.bin") }
        await #expect(throws: damage) { try await store.taggedBlob(at: "a/b.bin") }
        #expect(
            damage.description
                == "s3://bucket-1/mill/a/b.bin (index.snapshots) is damaged: its CRC32 differs from the object's (AWS request id R1). It cannot be used; put back what was there, or remove it."
        )
    }

    @Test func `addresses of places`() {
        #expect(S3BlobStore.Place("s3://bucket") == .init(bucket: "bucket"))
        #expect(S3BlobStore.Place("s3://bucket/a/b/") == .init(bucket: "bucket", prefix: "a/b"))
        for text in ["", "s3://", "https://bucket", "bucket/a"] { #expect(S3BlobStore.Place(text) == nil) }
    }
}
