import Concurrency
import Crypto
import Foundation
import TestSupport
import Testing
import Transport

@testable import AWSServices

@Suite struct `CRC-32` {
    /// By its definition, bit by bit.
    private func byBit(_ data: Data) -> UInt32 {
        var sum: UInt32 = ~0
        for byte in data {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? 0xEDB8_8320 ^ (sum >> 1) : sum >> 1 }
        }
        return ~sum
    }

    /// Around the sizes of a block of lanes, a step and a byte.
    @Test(arguments: [16_383, 16_384, 16_385, 16_391, 16_392, 32_768, 40_007, 49_159])
    func `is the same by lanes and by bits, however the bytes are cut`(length: Int) {
        var random = SeededGenerator(seed: UInt64(length))
        let data = Data((0..<length).map { _ in UInt8.random(in: 0...255, using: &random) })
        let expected = byBit(data)
        for cut in [0, 1, 7, length / 2, length - 1, length] {
            var running = CRC32()
            running.update(data[..<cut])
            var rest = CRC32()
            rest.update(data[cut...])
            var joined = running
            joined.append(rest)
            running.update(data[cut...])
            #expect(running.value == expected && joined == running, "cut at \(cut)")
            #expect(running.count == length)
        }
    }

    @Test func `of two texts is joined without reading them again, in any grouping`() {
        let parts = ["", "123", "456789", "", "x"].map { text in
            var sum = CRC32()
            sum.update(Data(text.utf8))
            return sum
        }
        var left = CRC32()
        for part in parts { left.append(part) }
        var right = CRC32()
        for part in parts.reversed() {
            var joined = part
            joined.append(right)
            right = joined
        }
        #expect(left == right && left.value == byBit(Data("123456789x".utf8)))
    }

    @Test func `of SHA-256 has no such join`() {
        var sum = S3RunningChecksum(.sha256)
        #expect(sum.append(S3RunningChecksum(.sha256)) == false)
    }

    @Test func `and the hash of a file's signature are read in one go`() async throws {
        let folder = try TemporaryDirectory()
        let data = Data((0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        let file = try folder.write(data, to: "f")
        let sums = try #require(try await S3Checksum.crc32.sums(of: HTTPBody.file(at: file.path)))
        #expect(sums.sum == S3Checksum.crc32.of(data))
        #expect(sums.payloadHash == SHA256.hash(data: data).hexadecimal)
        #expect(
            try await S3Checksum.crc32.sums(of: .stream(PulledSequence([data]), length: data.count)) == nil)
    }
}

@Suite struct `Parts of an upload` {
    private func parts(_ pieces: [Int], _ bytes: Int) async throws -> [Int] {
        let data = Data((0..<pieces.reduce(0, +)).map { UInt8(truncatingIfNeeded: $0 &* 7) })
        var start = 0
        let cut = pieces.map { size in
            defer { start += size }
            return Data(data[start..<start + size])
        }
        let source = S3PartSource(PulledSequence(cut), S3Parts(partBytes: bytes))
        var whole = Data()
        var sizes: [Int] = []
        while let part = try await source.next() {
            #expect(part.number == sizes.count + 1)
            sizes.append(part.data.count)
            whole += part.data
        }
        #expect(whole == data)
        return sizes
    }

    @Test func `are of their size whatever the pieces are`() async throws {
        let size = S3Parts.leastBytes
        #expect(try await parts([size, size, 3], size) == [size, size, 3])
        #expect(try await parts([3 * size + 1], size) == [size, size, size, 1])
        #expect(try await parts([1, size, size - 1], size) == [size, size])
        #expect(try await parts([size - 1, 2 * size], size) == [size, size, size - 1])
        #expect(try await parts([], size) == [])
    }

    @Test func `of a file are what is read of it`() async throws {
        let folder = try TemporaryDirectory()
        let data = Data((0..<1000).map { UInt8(truncatingIfNeeded: $0) })
        let file = try HTTPFile(try folder.write(data, to: "f").path)
        let pieces = try await file.pieces(ofBytes: 300).reduce(into: []) { $0.append($1) }
        #expect(pieces.map(\.count) == [300, 300, 300, 100] && pieces.reduce(Data(), +) == data)
    }
}
