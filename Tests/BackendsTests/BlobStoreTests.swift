import AWSServices
import Backends
import Corpus
import Foundation
import TestSupport
import Testing
import Transport

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

    @Test func `addresses of places`() {
        #expect(S3BlobStore.Place("s3://bucket") == .init(bucket: "bucket"))
        #expect(S3BlobStore.Place("s3://bucket/a/b/") == .init(bucket: "bucket", prefix: "a/b"))
        for text in ["", "s3://", "https://bucket", "bucket/a"] { #expect(S3BlobStore.Place(text) == nil) }
    }
}
