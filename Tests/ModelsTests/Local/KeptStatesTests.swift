import Foundation
import Testing

@testable import Models

@Suite struct `States that are kept of a pass` {
    private static func encoder(_ precision: PackedProduct.Precision) throws -> TransformerEncoder {
        let folder = try EncoderFolder(SmallModel.folder("bert-mean"))
        let weights = try TransformerWeights(
            folder.tensors, shape: folder.configuration.shape, maxTokens: 60, precision: precision)
        return TransformerEncoder(weights, capacity: 256)
    }

    @Test(arguments: [PackedProduct.Precision.floats, .codes])
    func `are the same to the bit as in a pass that keeps all`(precision: PackedProduct.Precision) throws {
        let encoder = try Self.encoder(precision)
        let inputs = [7, 1, 40, 13].map { count in EncoderInput((0..<count).map { Int32($0 % 20 + 1) }) }
        let all = encoder.forward(inputs).map { range in
            range.map { encoder.states($0..<($0 + 1)).row(0) }
        }
        let kept: [[Range<Int>]] = [[0..<1, 4..<7], [0..<1], [2..<9, 9..<10, 30..<40], []]
        let ranges = encoder.forward(inputs, keeping: kept)
        #expect(ranges == [0..<4, 4..<5, 5..<23, 23..<23])
        for (number, range) in ranges.enumerated() {
            let wanted = kept[number].flatMap { $0.map { all[number][$0] } }
            #expect(range.map { encoder.states($0..<($0 + 1)).row(0) } == wanted)
        }
        // Nothing of the last pass is left in the next.
        let again = encoder.forward(inputs).map { range in
            range.map { encoder.states($0..<($0 + 1)).row(0) }
        }
        #expect(again == all)
    }

    @Test func `may be none at all`() throws {
        let encoder = try Self.encoder(.floats)
        #expect(encoder.forward([EncoderInput([1, 2])], keeping: [[]]) == [0..<0])
        #expect(encoder.forward([], keeping: []).isEmpty)
    }
}
