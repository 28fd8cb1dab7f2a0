import AWSServices
import Concurrency
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
    private func store(_ engine: Engine) async throws -> (
        any ConditionalBlobStore & StreamedBlobStore, TemporaryDirectory
    ) {
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

    /// Pieces of 1 MB with other bytes each, and what they are together.
    private static func pieces(_ count: Int) -> [Data] {
        (0..<count).map { number in
            Data((0..<1_000_003).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ number &* 7 &+ $0 >> 9) })
        }
    }

    @Test(arguments: Engine.allCases, [0, 1, 12])
    func `keep what comes in pieces, and give it as a file`(engine: Engine, count: Int) async throws {
        let (store, folder) = try await store(engine)
        let pieces = Self.pieces(count)
        try await store.put(PulledSequence(pieces), at: "a/b.bin")
        let whole = pieces.reduce(into: Data()) { $0 += $1 }
        #expect(try await store.list(under: "a").map(\.byteCount) == [whole.count])
        let file = folder.url.appendingPathComponent("fetched")
        try Data("what was there".utf8).write(to: file)
        #expect(try await store.fetch("a/b.bin", to: file))
        #expect(try Data(contentsOf: file) == whole)
        #expect(try await store.blob(at: "a/b.bin") == whole)
        // In place of what was there.
        try await store.put(PulledSequence([Data("new".utf8)]), at: "a/b.bin")
        #expect(try await store.blob(at: "a/b.bin") == Data("new".utf8))
    }

    @Test(arguments: Engine.allCases) func `write no file for what is not there`(engine: Engine) async throws
    {
        let (store, folder) = try await store(engine)
        let file = folder.url.appendingPathComponent("fetched")
        #expect(try await !store.fetch("a/b.bin", to: file))
        #expect(!FileManager.default.fileExists(atPath: file.path))
    }

    @Test(arguments: Engine.allCases, [0, 1, 12])
    func `keep nothing of what breaks off, and tell why it did`(engine: Engine, count: Int) async throws {
        struct Broken: Error {}
        let (store, _) = try await store(engine)
        try await store.put(Data("before".utf8), at: "a/b.bin")
        let pieces = Self.pieces(count)
        let broken = PulledSequence<Data> {
            var rest = pieces.makeIterator()
            return {
                guard let piece = rest.next() else { throw Broken() }
                return piece
            }
        }
        await #expect(throws: Broken.self) { try await store.put(broken, at: "a/b.bin") }
        #expect(try await store.blob(at: "a/b.bin") == Data("before".utf8))
        #expect(try await store.list(under: "a").count == 1)
    }

    @Test func `tell a bucket that is not there from a blob that is not there`() async throws {
        let moto = try MotoServer()
        let client = try CurlHTTPClient(configuration: HTTPClientConfiguration())
        let account = try await AWSAccount(
            environment: AWSEnvironment(variables: ["AWS_ENDPOINT_URL": moto.endpoint]), region: "us-east-1",
            credentials: StaticCredentials(moto.keys(of: "admin")), http: client, localHTTP: client)
        let store = S3BlobStore(try S3(account), .init(bucket: "no-such-bucket-of-ours"))
        let folder = try TemporaryDirectory()
        let file = folder.url.appendingPathComponent("fetched")
        for isWriting in [true, false] {
            do {
                if isWriting {
                    try await store.put(PulledSequence([Data("x".utf8)]), at: "a")
                } else {
                    _ = try await store.fetch("a", to: file)
                }
                Issue.record("it went well")
            } catch let error as AWSError {
                #expect("\(error)".contains("no-such-bucket-of-ours"), "\(error)")
                #expect(error.code == "NoSuchBucket")
            }
        }
    }

    @Test(arguments: Engine.allCases)
    func `replace a blob under its mark alone`(engine: Engine) async throws {
        let (store, _) = try await store(engine)
        #expect(try await store.put(Data("0".utf8), at: "a/b", ifTag: nil))
        #expect(try await !store.put(Data("x".utf8), at: "a/b", ifTag: nil))
        let first = try #require(try await store.taggedBlob(at: "a/b"))
        #expect(try await store.put(Data("1".utf8), at: "a/b", ifTag: first.tag))
        #expect(try await !store.put(Data("x".utf8), at: "a/b", ifTag: first.tag))
        let second = try #require(try await store.taggedBlob(at: "a/b"))
        #expect(second.data == Data("1".utf8))
        try await store.remove("a/b")
        #expect(try await !store.put(Data("x".utf8), at: "a/b", ifTag: second.tag))
        #expect(try await store.blob(at: "a/b") == nil)
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

    @Test(arguments: [
        (
            nil,
            "X-Amz-Signature=c5b381608233bc313d4c945c37b0ed837778ba3b0b7f610b35f9b57e947aa392"
        ),
        (
            "IQoJb3JpZ2luX2VjEXAMPLETOKEN//////////wEaCXVzLWVhc3QtMSJH+/==",
            """
            X-Amz-Security-Token=IQoJb3JpZ2luX2VjEXAMPLETOKEN%2F%2F%2F%2F%2F%2F%2F%2F%2F%2FwEaCXVzLWVhc3QtMSJH%2B%2F%3D%3D\
            &X-Amz-Signature=e9e05358b8fdb0911f071abebd9580b2270915ed8e6af2a597bf0099b6209eca
            """
        ),
    ])
    func `are linked to as botocore signs it`(token: String?, end: String) async throws {
        // What botocore 1.43.11 gives for get_object with these keys at this moment.
        let expected = """
            https://bucket-1.s3.eu-west-1.amazonaws.com/mill/files/ab/abcd?response-content-disposition=attachment\
            &response-content-type=application%2Foctet-stream&X-Amz-Algorithm=AWS4-HMAC-SHA256\
            &X-Amz-Credential=AKIDEXAMPLE%2F20260102%2Feu-west-1%2Fs3%2Faws4_request\
            &X-Amz-Date=20260102T030405Z&X-Amz-Expires=600&X-Amz-SignedHeaders=host&\(end)
            """
        let keys = AWSCredentials(
            accessKeyID: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
            sessionToken: token)
        let service = try AWSService(
            S3.description, region: "eu-west-1", credentials: StaticCredentials(keys),
            http: ReplayHTTPClient([]), now: { Date(timeIntervalSince1970: 1_767_323_045) })
        let store = S3BlobStore(S3(service), .init(bucket: "bucket-1", prefix: "mill"))
        #expect(try await store.link(to: "files/ab/abcd", expires: .seconds(600)) == expected)
        await #expect(throws: S3BlobStore.InvalidKey.self) {
            try await store.link(to: "../other", expires: .seconds(600))
        }
    }

    @Test func `are read by their links without any keys, as files to be saved`() async throws {
        let (store, _) = try await store(.s3)
        let bucket = try #require(store as? S3BlobStore)
        try await bucket.put(Data("<script>alert(1)</script>".utf8), at: "a/b.html")
        let link = try await bucket.link(to: "a/b.html", expires: .seconds(60))
        let client = try CurlHTTPClient(configuration: HTTPClientConfiguration())
        let answer = try await client.send(HTTPRequest(url: link))
        #expect(answer.head.status == 200)
        #expect(answer.body == Data("<script>alert(1)</script>".utf8))
        #expect(answer.head["content-disposition"] == "attachment")
        #expect(answer.head["content-type"]?.hasPrefix("application/octet-stream") == true)
    }

    @Test func `addresses of places`() {
        #expect(S3BlobStore.Place("s3://bucket") == .init(bucket: "bucket"))
        #expect(S3BlobStore.Place("s3://bucket/a/b/") == .init(bucket: "bucket", prefix: "a/b"))
        for text in ["", "s3://", "https://bucket", "bucket/a"] { #expect(S3BlobStore.Place(text) == nil) }
    }
}
