import Concurrency
import Foundation
import TestSupport
import Testing
import Transport

@testable import AWSServices

@Suite struct `A sum of the parts' sums` {
    private let data = Data((0..<17).map { UInt8(truncatingIfNeeded: $0 &* 31) })
    private let url = "https://b-1.s3.us-east-1.amazonaws.com/k"

    private func composite(_ sizes: [Int], _ kind: S3Checksum = .crc32) -> String {
        var start = 0
        var joined = S3RunningChecksum(kind)
        for size in sizes {
            var sum = S3RunningChecksum(kind)
            sum.update(data[start..<start + size])
            joined.update(sum.bytes)
            start += size
        }
        return joined.base64
    }

    private func s3(_ http: any HTTPClient) async throws -> S3 {
        try S3(
            try await AWSAccount(
                environment: AWSEnvironment(variables: [:]), region: "us-east-1",
                credentials: StaticCredentials(AWSCredentials(accessKeyID: "AKID", secretAccessKey: "s")),
                http: http, localHTTP: http))
    }

    /// An object in parts of these sizes, whose content came with these bytes.
    private func object(_ sizes: [Int], _ body: Data, tags: [String] = ["e", "e"]) -> [ReplayHTTPClient
        .Exchange]
    {
        let sum = "\(composite(sizes))-\(sizes.count)"
        func headers(_ length: Int, _ tag: String) -> [(name: String, value: String)] {
            [("ETag", "\"\(tag)-\(sizes.count)\""), ("Content-Length", "\(length)")]
        }
        let told = [
            (name: "x-amz-checksum-crc32", value: sum), (name: "x-amz-checksum-type", value: "COMPOSITE"),
        ]
        let parts = sizes.enumerated().map { number, size in
            ReplayHTTPClient.Exchange(
                method: "HEAD", url: "\(url)?partNumber=\(number + 1)", status: 206,
                headers: headers(size, tags[0]))
        }
        return [
            .init(url: url, headers: headers(17, tags[0]) + told, body: body),
            .init(method: "HEAD", url: url, headers: headers(17, tags[1]) + told),
        ] + parts + parts
    }

    @Test(arguments: [[17], [8, 8, 1], [6, 6, 5], [16, 1], [1, 16]], S3Checksum.allCases)
    func `is made of content in any pieces`(sizes: [Int], kind: S3Checksum) throws {
        let parts = S3Comparison.Parts(count: sizes.count, first: sizes[0], length: 17)
        guard let parts else {
            #expect(sizes == [1, 16])
            return
        }
        let comparison = S3Comparison(kind: kind, sum: composite(sizes, kind), parts: parts)
        for piece in 1...17 {
            var running = S3Comparison.Running(comparison)
            for start in stride(from: 0, to: 17, by: piece) {
                running.update(data[start..<min(start + piece, 17)])
            }
            #expect(running.isEqual, "pieces of \(piece)")
            running.update(Data([0]))
            #expect(!running.isEqual)
        }
    }

    @Test func `knows parts that grow as those of our uploads do`() throws {
        let ours = S3Parts(partBytes: 5 << 20)
        let sizes = (1...1500).map(ours.bytes(ofPart:))
        let length = sizes.reduce(0, +) - 7
        let parts = try #require(S3Comparison.Parts(count: 1500, first: 5 << 20, length: length))
        #expect((1..<1500).allSatisfy { parts.bytes(ofPart: $0) == sizes[$0 - 1] })
        // What no server of good will tells.
        for (count, first) in [(0, 1), (-1, 1), (2, 0), (2, -5), (20_000, 1), (3, .max), (2, 6 << 30)] {
            #expect(S3Comparison.Parts(count: count, first: first, length: .max) == nil)
        }
        #expect(S3Comparison.Parts(count: 3, first: 5 << 20, length: 5 << 20) == nil)
    }

    @Test func `tells damage where every part has the size that was thought`() async throws {
        var damaged = data
        damaged[9] ^= 1
        let fine = try await s3(ReplayHTTPClient(object([6, 6, 5], data))).get("b-1", "k")
        #expect(fine.data == data && !fine.facts.isChecksumOfWhole)
        let replay = ReplayHTTPClient(object([6, 6, 5], damaged))
        let error = await #expect(throws: AWSError.self) { try await s3(replay).get("b-1", "k") }
        #expect(error?.description.contains("its CRC32 differs from the object's") == true)
        #expect(error?.description.contains("s3://b-1/k is damaged") == true)
        #expect(error?.isRetryable == false && error?.requestID != nil)
        let (_, body) = try await s3(ReplayHTTPClient(object([6, 6, 5], damaged))).stream("b-1", "k")
        await #expect(throws: AWSError.self) { for try await _ in body {} }
    }

    /// Nobody has to cut an object evenly.
    @Test func `says nothing of parts of other sizes, nor of an object that was replaced`() async throws {
        let uneven = ReplayHTTPClient(object([6, 5, 6], data))
        #expect(try await s3(uneven).get("b-1", "k").data == data)
        var other = data
        other[9] ^= 1
        let replaced = ReplayHTTPClient(object([6, 6, 5], other, tags: ["e", "f"]))
        #expect(try await s3(replaced).get("b-1", "k").data == other)
        // A server that does not know parts, as one that says so.
        let plain = ReplayHTTPClient([
            object([6, 6, 5], data)[0], .init(method: "HEAD", url: url + "?partNumber=1", status: 501),
        ])
        #expect(try await s3(plain).get("b-1", "k").data == data)
    }
}
