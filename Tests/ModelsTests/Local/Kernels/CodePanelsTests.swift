import TestSupport
import Testing

@testable import Models

@Suite struct `Weights as bytes` {
    /// A column's codes as the format says they are made, one weight after the other.
    private func codes(of weights: ArraySlice<Float>, scale: Float) -> [Int8] {
        weights.map { Int8(min(max(($0 / scale).rounded(.toNearestOrEven), -127), 127)) }
    }

    @Test(arguments: [(1, 1), (3, 2), (16, 16), (17, 5), (63, 33), (384, 40), (1_536, 3)])
    func `are the nearest codes of each column's own scale`(_ inner: Int, _ outer: Int) {
        var generator = SeededGenerator(seed: UInt64(inner))
        // Columns of very different sizes, one of zeros, and halves between two codes.
        var columns = (0..<(inner * outer)).map { i in
            Float.random(in: -1...1, using: &generator) * Float(1 << (i / inner % 12))
        }
        for i in 0..<inner where outer > 2 { columns[inner + i] = 0 }
        for i in 0..<min(inner, 254) where outer > 4 { columns[3 * inner + i] = Float(i) / 2 }
        let panels = CodePanels(inner: inner, outer: outer, columns: columns)
        let padded = (inner + 63) / 64 * 64
        panels.withPointers { bytes, scales, corrections in
            for column in 0..<outer {
                let weights = columns[(column * inner)..<((column + 1) * inner)]
                let scale = (weights.map(abs).max() ?? 0) / 127
                #expect(scales[column] == scale)
                let expected =
                    scale > 0 ? codes(of: weights, scale: scale) : [Int8](repeating: 0, count: inner)
                let start = column / 16 * padded * 16 + column % 16 * 4
                let actual = (0..<inner).map { bytes[start + $0 / 4 * 64 + $0 % 4] }
                #expect(actual == expected)
                #expect(corrections[column] == expected.reduce(0) { $0 + 128 * Int32($1) })
            }
        }
    }
}
