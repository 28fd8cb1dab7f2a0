import Foundation
import Testing

@testable import Server

@Suite struct `gzip` {
    private func unpacked(_ packed: Data, limitBytes: Int = 1 << 24, pieceBytes: Int = .max) throws -> Data {
        let reader = try GzipReader(limitBytes: limitBytes)
        var whole = Data()
        var rest = packed[...]
        while !rest.isEmpty {
            reader.put(rest.prefix(pieceBytes))
            rest = rest.dropFirst(min(pieceBytes, rest.count))
            while let piece = try reader.next() {
                #expect(piece.count <= GzipReader.outputBytes && !piece.isEmpty)
                whole += piece
            }
        }
        try reader.finish()
        return whole
    }

    /// Bytes of a fixed generator, which do not repeat themselves within what gzip looks back at.
    private func noise(_ count: Int) -> Data {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        return Data(
            (0..<count).map { _ in
                state ^= state << 13
                state ^= state >> 7
                state ^= state << 17
                return UInt8(truncatingIfNeeded: state)
            })
    }

    @Test(arguments: [0, 1, 1_000, 65_536, 65_537, 300_000], [1, 7, Int.max])
    func `gives back what was packed, in whatever pieces it comes`(count: Int, pieceBytes: Int) throws {
        guard count <= 65_537 || pieceBytes > 1 else { return }
        for data in [noise(count), Data((0..<count).map { UInt8($0 % 7) })] {
            let packed = try #require(Gzip.packed(data, effort: .quick))
            #expect(try unpacked(packed, pieceBytes: pieceBytes) == data)
        }
    }

    /// Written by gzip 1.12 with -n.
    @Test func `reads what other programs have packed`() throws {
        let packed = try #require(
            Data(
                base64Encoded:
                    "H4sIAAAAAAACA6tWKixNLS7JzM9TslJQKs9IzVNIyVdISS3Iya8sVshILChIzVOqBQDmYqJXJgAAAA=="))
        #expect(try unpacked(packed) == Data(#"{"question": "when do deploys happen"}"#.utf8))
        #expect(try unpacked(packed + packed).count == 76)
    }

    @Test func `refuses what is no gzip, is damaged, cut short or followed by something else`() throws {
        let packed = try #require(Gzip.packed(noise(5_000), effort: .best))
        var damaged = packed
        damaged[2_000] ^= 0xFF
        let bad = [
            Data("{}".utf8), Data([0x78, 0x9C, 0x03, 0, 0, 0, 0, 1]), damaged, packed.dropLast(),
            packed.prefix(5),
            packed + Data([0]), packed + Data("more".utf8), Data(),
        ]
        for data in bad {
            let fault = #expect(throws: RequestFault.self) { try unpacked(Data(data)) }
            guard case .malformedContentCoding = fault else {
                Issue.record("\(String(describing: fault)) for \(data.count) bytes")
                continue
            }
        }
    }

    @Test func `ends at the limit, wherever that is`() throws {
        let packed = try #require(Gzip.packed(noise(200_000), effort: .quick))
        #expect(try unpacked(packed, limitBytes: 200_000).count == 200_000)
        for limit in [0, 1, 65_536, 199_999] {
            #expect(throws: RequestFault.bodyTooLarge(limitBytes: limit)) {
                try unpacked(packed, limitBytes: limit)
            }
        }
    }

    @Test func `refuses a bomb long before it is unpacked, in one member or many`() throws {
        let zeros = try #require(Gzip.packed(Data(count: 16_000_000), effort: .best))
        #expect(zeros.count < 20_000)
        let many = try #require(Gzip.packed(Data(count: 100_000), effort: .best))
        for bomb in [zeros, (0..<200).reduce(into: Data()) { bomb, _ in bomb += many }] {
            let reader = try GzipReader(limitBytes: .max)
            var produced = 0
            #expect(throws: RequestFault.bodyUnpacksTooFar(ratio: GzipReader.ratioLimit)) {
                reader.put(bomb)
                while let piece = try reader.next() { produced += piece.count }
            }
            #expect(produced <= GzipReader.freeBytes + 200_000)
        }
    }

    @Test func `takes repetitive content that is no bomb`() throws {
        let row = #"{"id": 17, "vector": [0.125, 0.25, 0.5], "payload": {"space": "ENG"}}, "#
        let text = Data(
            (0..<40_000).map { row.replacing("17", with: String($0)) }.joined().utf8)
        let packed = try #require(Gzip.packed(text, effort: .best))
        #expect(text.count > 2 * GzipReader.freeBytes)
        #expect(try unpacked(packed) == text)
    }

    @Test func `leaves alone what is larger than it takes`() {
        #expect(Gzip.packed(Data(count: Gzip.limitBytes + 1), effort: .quick) == nil)
    }
}

@Suite struct `What a client would rather have` {
    @Test(arguments: [
        ("gzip", 1), ("gzip;q=0.5", 0.5), ("br, gzip ; q=0.25", 0.25), ("GZIP;Q=0.5", 0.5), ("*;q=0.1", 0.1),
        ("gzip;q=0, *", 0), ("gzip;level=9;q=0.3", 0.3),
    ])
    func `is read with its weight`(field: String, weight: Double) {
        #expect(WeightedList([field]).weight(of: "gzip", "*") == weight)
    }

    @Test(arguments: ["", ",", ";q=1", "gzip;q=2", "gzip;q=-1", "gzip;q=x", "gzip;q=", "br", "gzip;q=nan"])
    func `is nothing where it says nothing clear`(field: String) {
        #expect(WeightedList([field]).weight(of: "gzip", "*") == nil)
    }

    @Test func `is looked at so far and no further`() {
        let field = String(repeating: "a,", count: 100_000) + "gzip"
        #expect(WeightedList([field]).items.count <= 64)
    }
}
