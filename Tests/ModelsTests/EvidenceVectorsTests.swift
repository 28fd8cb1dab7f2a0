import Foundation
import TestSupport
import Testing

@testable import Models

@Suite struct `Vectors of evidence` {
    private static func vectors(_ count: Int, _ dimension: Int) -> [[Float]] {
        var random = SeededGenerator(seed: 7)
        return (0..<count).map { _ in (0..<dimension).map { _ in Float.random(in: -1...1, using: &random) } }
    }

    /// Lane by lane, as the sum is defined: eight sums, then what is left.
    private static func cosine(_ data: Data, _ unit: Int, _ dimension: Int, _ vector: [Float]) -> Double {
        let bytes = [UInt8](data)
        let start = 6 + unit * (4 + dimension)
        let scale = Float(
            bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[start + $1]) << (8 * UInt32($1)) })
        let codes = bytes[(start + 4)..<(start + 4 + dimension)].map { Float(Int8(bitPattern: $0)) }
        var sums = SIMD8<Float>()
        let whole = dimension / 8 * 8
        for offset in stride(from: 0, to: whole, by: 8) {
            var products = SIMD8<Float>()
            for lane in 0..<8 { products[lane] = vector[offset + lane] * codes[offset + lane] }
            sums += products
        }
        let rest = (whole..<dimension).reduce(Float(0)) { $0 + vector[$1] * codes[$1] }
        return Double((sums.sum() + rest) * scale)
    }

    @Test(arguments: [384, 8, 13, 1, 0])
    func `are compared the same to the bit, copied or not`(dimension: Int) throws {
        let units = Self.vectors(5, dimension)
        let vector = Self.vectors(6, dimension)[5]
        let data = EvidenceVectors(units, rules: 3).data
        let read = try #require(EvidenceVectors(data, rules: 3))
        let cosines = (0..<5).map { read.cosine($0, to: vector) }
        #expect(cosines == (0..<5).map { Self.cosine(data, $0, dimension, vector) })
        #expect(read.best(to: vector) == cosines.max())
        #expect(EvidenceVectors.best(in: data, rules: 3, to: vector) == cosines.max())
        // At another alignment, and as a part of something longer.
        let inside = Data([9]) + data
        #expect(EvidenceVectors.best(in: inside[1...], rules: 3, to: vector) == cosines.max())
    }

    @Test func `of other rules, of another dimension or damaged are not compared`() {
        let data = EvidenceVectors(Self.vectors(2, 16), rules: 3).data
        let vector = Self.vectors(1, 16)[0]
        #expect(EvidenceVectors.best(in: data, rules: 4, to: vector) == nil)
        #expect(EvidenceVectors.best(in: data, rules: 3, to: Array(vector.dropLast())) == nil)
        #expect(EvidenceVectors.best(in: data.dropLast(), rules: 3, to: vector) == nil)
        #expect(EvidenceVectors.best(in: data + [0], rules: 3, to: vector) == nil)
        for count in 0..<6 {
            #expect(EvidenceVectors.best(in: data.prefix(count), rules: 3, to: vector) == nil)
        }
        let none = EvidenceVectors([], rules: 3).data
        #expect(EvidenceVectors.best(in: none, rules: 3, to: []) == nil)
    }
}
