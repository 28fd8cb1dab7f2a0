import Foundation
import TestSupport
import VectorIndex

/// Vectors around centres of uneven size, the same for the same seed: embeddings of text lie so.
struct VectorSamples {
    private var numbers: SeededGenerator
    private let centres: [[Float]]

    init(seed: UInt64, dimension: Int, clusters: Int = 40) {
        numbers = SeededGenerator(seed: seed)
        var made: [[Float]] = []
        for _ in 0..<clusters { made.append(Self.normal(dimension, &numbers)) }
        centres = made
    }

    mutating func next() -> [Float] {
        let share = Double.random(in: 0..<1, using: &numbers)
        let centre = centres[Int(share * share * Double(centres.count))]
        return zip(centre, Self.normal(centre.count, &numbers)).map { $0 + 0.5 * $1 }
    }

    mutating func entries(_ ids: Range<UInt64>) -> [VectorEntry] {
        ids.map { VectorEntry(id: $0, vector: next()) }
    }

    mutating func queries(_ count: Int) -> [[Float]] { (0..<count).map { _ in next() } }

    /// Normally distributed (Box and Muller): no axis is favoured.
    private static func normal(_ dimension: Int, _ numbers: inout SeededGenerator) -> [Float] {
        (0..<dimension).map { _ in
            let radius = (-2 * log(Double.random(in: 1e-12..<1, using: &numbers))).squareRoot()
            return Float(radius * cos(Double.random(in: 0..<2 * .pi, using: &numbers)))
        }
    }
}
