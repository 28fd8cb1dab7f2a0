import AWSServices
import Concurrency
import Corpus
import Foundation
import TestSupport
import Testing
import Transport

@testable import Backends

/// An object is whole or absent, and a read is whole or an error.
@Suite(.timeLimit(.minutes(3))) struct `S3 through a network that is cut at random moments` {
    private let aws: CutAWS
    private let bucket = CutAWS.name("bucket")
    /// Past the network, and through it.
    private let near: S3
    private let far: S3
    private let folder: TemporaryDirectory

    init() async throws {
        aws = try await CutAWS()
        near = try S3(aws.direct)
        far = try S3(aws.account)
        folder = try TemporaryDirectory()
        try await near.create(bucket)
    }

    private func store(_ s3: S3) -> S3BlobStore { S3BlobStore(s3, .init(bucket: bucket, prefix: "p")) }

    @Test func `keeps a blob whole or not at all`() async throws {
        let (near, far) = (store(near), store(far))
        try await aws.rounds(request: 3_500, answer: 3_500) { number, round in
            let data = CutAWS.bytes(number, count: 2_000)
            let (key, doomed) = ("k\(number)", "d\(number)")
            try await near.put(data, at: doomed)
            let isPut = await aws.tried(round) { try await far.put(data, at: key) } != nil
            let read = await aws.tried(round) { try await far.blob(at: key) }
            if let read { #expect(read == data || read == nil && !isPut, "\(round)") }
            let kept = try await near.blob(at: key)
            #expect(kept == data || kept == nil && !isPut, "\(round)")
            let isRemoved = await aws.tried(round) { try await far.remove(doomed) } != nil
            let left = try await near.blob(at: doomed)
            #expect(left == nil || left == data && !isRemoved, "\(round)")
        } after: { number, round in
            let data = CutAWS.bytes(number + 1, count: 1_000)
            try await far.put(data, at: "after")
            #expect(try await far.blob(at: "after") == data, "\(round)")
        }
    }

    @Test func `lets one of two writers have a blob, and tells both the truth`() async throws {
        let (near, far) = (store(near), store(far))
        try await aws.rounds(30, request: 3_500, answer: 1_500) { number, round in
            let key = "k\(number)"
            let (one, other) = (CutAWS.bytes(number, count: 500), CutAWS.bytes(number + 1, count: 500))
            var tag: String?
            if number % 2 == 0 {
                try await near.put(Data("before".utf8), at: key)
                tag = try await near.taggedBlob(at: key)?.tag
            }
            let first = await aws.tried(round) { [tag] in try await far.put(one, at: key, ifTag: tag) }
            let second = await aws.tried(round) { [tag] in try await far.put(other, at: key, ifTag: tag) }
            // Nobody else writes before it.
            #expect(first != false, "\(round)")
            #expect(!(first == true && second == true), "\(round)")
            let kept = try await near.blob(at: key)
            if first == true {
                #expect(kept == one, "\(round)")
            } else if second == true {
                // The first one's writer does not know, and may have come late.
                #expect(kept == other || kept == one, "\(round)")
            } else {
                let before = number % 2 == 0 ? Data("before".utf8) : nil
                #expect(kept == one || kept == other || kept == before, "\(round)")
            }
        }
    }

    @Test func `joins the parts of an object, or leaves none of it, and reads them whole or not`()
        async throws
    {
        let (near, far) = (near, far)
        let size = 5_500_000
        let (written, parts) = (
            S3Parts(partBytes: 5 << 20, width: 2), S3Parts(partBytes: 1 << 20, width: 3)
        )
        let path = folder.path("object")
        try await aws.rounds(12, request: size + 6_000, answer: 4_000) { number, round in
            let data = CutAWS.bytes(number, count: size)
            let key = "k\(number)"
            let receipt = await aws.tried(round) { [bucket] in
                try await far.upload(bucket, key, PulledSequence([data]), parts: written)
            }
            let kept = await aws.tried(round, failing: { ($0 as? AWSError)?.kind == .notFound }) { [bucket] in
                try await near.data(bucket, key).data
            }
            #expect(kept == data || kept == nil && receipt == nil, "\(round)")
        }
        let data = CutAWS.bytes(1, count: size)
        _ = try await near.put(bucket, "kept", .data(data))
        try await aws.rounds(12, request: 8_000, answer: size + 6_000) { _, round in
            let read = await aws.tried(round) { [bucket] in
                try await far.data(bucket, "kept", parts: parts).data
            }
            #expect(read == nil || read == data, "\(round)")
            let facts = await aws.tried(round) { [bucket] in
                try await far.download(bucket, "kept", to: path, parts: parts)
            }
            let file = FileManager.default.contents(atPath: path)
            #expect(file == data || file == nil && facts == nil, "\(round)")
        } after: { _, round in
            // Whole, or nothing under any name.
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
            #expect(names.allSatisfy { $0 == "object" }, "\(round)")
            try? FileManager.default.removeItem(atPath: path)
        }
        _ = try await far.download(bucket, "kept", to: path, parts: parts)
        #expect(FileManager.default.contents(atPath: path) == data)
    }

    private static func read(_ s3: S3, _ bucket: String) async throws -> Data {
        var read = Data()
        for try await piece in try await s3.stream(bucket, "streamed").body { read.append(piece) }
        return read
    }

    private static func list(_ s3: S3, _ bucket: String) async throws -> [String] {
        var found: [String] = []
        var token: String?
        repeat {
            let page = try await s3.list(bucket, prefix: "list/", limit: 15, continuation: token)
            found += page.objects.map(\.key)
            token = page.continuation
        } while token != nil
        return found
    }

    @Test func `streams and lists all there is, or fails`() async throws {
        let (near, far) = (near, far)
        let data = CutAWS.bytes(1, count: 30_000)
        _ = try await near.put(bucket, "streamed", .data(data))
        let keys = (10..<50).map { "list/\($0)" }
        for key in keys { _ = try await near.put(bucket, key, .data(Data(key.utf8))) }
        try await aws.rounds(30, request: 2_000, answer: 32_000) { _, round in
            let streamed = await aws.tried(round, failing: { $0 is AWSError || $0 is TransportError }) {
                [bucket] in
                try await Self.read(far, bucket)
            }
            #expect(streamed == nil || streamed == data, "\(round)")
            let listed = await aws.tried(round) { [bucket] in try await Self.list(far, bucket) }
            #expect(listed == nil || listed == keys, "\(round)")
        } after: { _, round in
            let listed = try await Self.list(far, bucket)
            #expect(listed == keys, "\(round)")
        }
        #expect(try await Self.read(far, bucket) == data)
    }
}
