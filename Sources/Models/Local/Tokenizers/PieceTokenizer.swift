import Text

/// Cuts a text into the pieces that an encoder reads.
public protocol PieceTokenizer: TokenCounter, Sendable {
    /// One more than the largest id.
    var vocabularyCount: Int { get }
    /// The ids of `text` between the special tokens of its start and end.
    ///
    /// - Parameter maxTokens: most ids, those two included, at least 2; what follows in the text is cut off.
    func encode(_ text: String, maxTokens: Int) -> [Int32]
}

/// A tokenizer that can put two texts into one input.
protocol PairTokenizer: PieceTokenizer {
    var frame: PieceFrame { get }
    /// The ids of `text` without special tokens, at least its first `limit`, or all if it has fewer.
    func pieces(_ text: String, limit: Int) -> [Int32]
}

/// The special tokens around one text or two.
struct PieceFrame: Sendable, Equatable {
    var start: Int32
    var end: Int32
    /// How many `end` stand between two texts: 1 for BERT, 2 for RoBERTa and MPNet.
    var between: Int
}

extension PairTokenizer {
    func encode(_ text: String, maxTokens: Int) -> [Int32] {
        precondition(maxTokens >= 2, "no room for start and end in \(maxTokens) tokens")
        return [frame.start] + pieces(text, limit: maxTokens - 2).prefix(maxTokens - 2) + [frame.end]
    }

    /// Both texts as one input; what is too long is cut off from the longer one first, as the reference does.
    ///
    /// - Parameter maxTokens: most ids in all, special tokens included, at least 8.
    func encodePair(_ first: String, _ second: String, maxTokens: Int) -> EncoderInput {
        precondition(maxTokens >= 8, "no room for two texts in \(maxTokens) tokens")
        let room = maxTokens - 2 - frame.between
        let (a, b) = (pieces(first, limit: room + 1), pieces(second, limit: room + 1))
        let (firstCount, secondCount) = PairLength.fit(a.count, b.count, room: room)
        let head = [frame.start] + a.prefix(firstCount) + Array(repeating: frame.end, count: frame.between)
        return EncoderInput(head + b.prefix(secondCount) + [frame.end], secondStart: head.count)
    }
}

/// How much of each of two texts fits into an input.
enum PairLength {
    /// The longer one gives way until both are of half the room.
    static func fit(_ first: Int, _ second: Int, room: Int) -> (first: Int, second: Int) {
        if first + second <= room { return (first, second) }
        let (short, long) = (min(first, second), max(first, second))
        let (less, more) =
            short <= room / 2 ? (short, min(long, room - short)) : (room / 2, room - room / 2)
        return first <= second ? (less, more) : (more, less)
    }
}
