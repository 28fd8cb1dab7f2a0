/// What the reader has on top of its encoder: one number for the passage, two for each token.
struct ReaderHeads: Sendable {
    private let answers: Head
    private let start: Head
    private let end: Head

    private struct Head: Sendable {
        var weights: [Float]
        var bias: Float

        /// The dot product of row `row` of `states` and the weights, plus the bias.
        func value(_ states: FloatMatrix.Block, row: Int) -> Float {
            precondition(row >= 0 && row < states.rows && weights.count == states.columns)
            return states.withPointer { x in
                let values = x + row * states.stride
                var sum = bias
                for i in weights.indices { sum += values[i] * weights[i] }
                return sum
            }
        }
    }

    init(_ tensors: TensorSet, hidden: Int) throws(ModelsError) {
        for (name, rows) in [("cls", 1), ("span", 2)] {
            _ = try tensors.require("\(name).weight", shape: [rows, hidden])
            _ = try tensors.require("\(name).bias", shape: [rows])
        }
        let (answer, spans) = (tensors.floats("cls.weight"), tensors.floats("span.weight"))
        let biases = tensors.floats("cls.bias") + tensors.floats("span.bias")
        answers = Head(weights: answer, bias: biases[0])
        start = Head(weights: Array(spans[..<hidden]), bias: biases[1])
        end = Head(weights: Array(spans[hidden...]), bias: biases[2])
    }

    /// The tokens of a pair that the heads look at: the first, and those of the text.
    static func tokens(of pair: TokenizedPair) -> [Range<Int>] {
        [0..<1, pair.textStart..<(pair.textStart + pair.sources.count)]
    }

    /// - Parameter states: the last hidden states of ``tokens(of:)``.
    func read(_ pair: TokenizedPair, _ states: FloatMatrix.Block) -> Reading {
        Reading(
            answers: answers.value(states, row: 0),
            tokens: pair.sources.enumerated().map { i, range in
                Reading.Token(
                    utf8Range: range, start: start.value(states, row: i + 1),
                    end: end.value(states, row: i + 1))
            })
    }
}
