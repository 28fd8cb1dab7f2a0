/// Cuts a text at a separator and puts the pieces together again to chunks of a size, as LangChain's
/// `CharacterTextSplitter` does, so that a flow that comes from there finds the same chunks.
///
/// Lengths are in Unicode scalars. Empty pieces are left out, chunks have no white space at their ends, and a piece
/// that is longer than a chunk stays whole.
struct TextSplitter: Sendable {
    /// What the chunks of one step may still be.
    struct Room: Sendable {
        static let chunks = 100_000
        static let bytes = 64 << 20
        var chunks = Self.chunks
        var bytes = Self.bytes
    }

    let separator: [UInt8]
    let size: Int
    let overlap: Int
    /// The side of a piece on which its separator is kept; `nil` when it is dropped, and put between the pieces of a
    /// chunk again.
    let kept: SplitText.SeparatorSide?
    private let fallbacks: [Int]

    init(separator: String, size: Int, overlap: Int, kept: SplitText.SeparatorSide?) throws(SplitError) {
        guard overlap <= size else { throw .overlapAboveSize(overlap: overlap, size: size) }
        self.separator = Array(separator.utf8)
        self.size = size
        self.overlap = overlap
        self.kept = kept
        fallbacks = Self.fallbacks(self.separator)
    }

    func chunks(of text: String, room: inout Room) throws(SplitError) -> [String] {
        let bytes = Array(text.utf8)
        var merger = ChunkMerger(bytes, self, room)
        guard !separator.isEmpty else {
            var start = 0
            for end in 1..<(bytes.count + 1) where end == bytes.count || bytes[end].beginsScalar {
                try merger.add(start..<end)
                start = end
            }
            return try merger.finish(&room)
        }
        var start = 0
        var matched = 0
        for (offset, byte) in bytes.enumerated() {
            // Knuth, Morris and Pratt's search: what has matched so far says where to go on, and no byte is read
            // twice.
            while matched > 0, separator[matched] != byte { matched = fallbacks[matched - 1] }
            if separator[matched] == byte { matched += 1 }
            guard matched == separator.count else { continue }
            matched = 0
            let end = offset + 1
            let begin = end - separator.count
            try merger.add(start..<(kept == .end ? end : begin))
            start = kept == .start ? begin : end
        }
        try merger.add(start..<bytes.count)
        return try merger.finish(&room)
    }

    /// For each prefix of a pattern, the length of the longest shorter one that it ends with.
    private static func fallbacks(_ pattern: [UInt8]) -> [Int] {
        var lengths = [Int](repeating: 0, count: pattern.count)
        var length = 0
        for index in pattern.indices.dropFirst() {
            while length > 0, pattern[index] != pattern[length] { length = lengths[length - 1] }
            if pattern[index] == pattern[length] { length += 1 }
            lengths[index] = length
        }
        return lengths
    }
}

/// Puts pieces together to chunks.
private struct ChunkMerger {
    private struct Piece {
        var bytes: Range<Int>
        /// Scalars.
        var length: Int
    }

    private let bytes: [UInt8]
    private let splitter: TextSplitter
    /// What stands between two pieces of a chunk.
    private let joint: [UInt8]
    private let jointLength: Int
    private var room: TextSplitter.Room
    private var pieces: [Piece] = []
    /// Pieces before this one have left the chunk that is being made.
    private var first = 0
    /// Scalars of the chunk that is being made.
    private var total = 0
    private var chunks: [String] = []

    init(_ bytes: [UInt8], _ splitter: TextSplitter, _ room: TextSplitter.Room) {
        self.bytes = bytes
        self.splitter = splitter
        self.room = room
        joint = splitter.kept == nil ? splitter.separator : []
        jointLength = joint.count { $0.beginsScalar }
    }

    private var count: Int { pieces.count - first }

    mutating func add(_ range: Range<Int>) throws(SplitError) {
        guard !range.isEmpty else { return }
        let length = bytes[range].count { $0.beginsScalar }
        if isTooLong(with: length), count > 0 {
            try closeChunk()
            while total > splitter.overlap || (isTooLong(with: length) && total > 0) {
                total -= pieces[first].length + (count > 1 ? jointLength : 0)
                first += 1
            }
            if first > 1_024, first * 2 > pieces.count {
                pieces.removeFirst(first)
                first = 0
            }
        }
        total += length + (count > 0 ? jointLength : 0)
        pieces.append(Piece(bytes: range, length: length))
    }

    mutating func finish(_ room: inout TextSplitter.Room) throws(SplitError) -> [String] {
        if count > 0 { try closeChunk() }
        room = self.room
        return chunks
    }

    private func isTooLong(with length: Int) -> Bool {
        total + length + (count > 0 ? jointLength : 0) > splitter.size
    }

    private mutating func closeChunk() throws(SplitError) {
        var made: [UInt8] = []
        for (offset, piece) in pieces[first...].enumerated() {
            if offset > 0 { made += joint }
            made += bytes[piece.bytes]
        }
        let chunk = String(decoding: made, as: UTF8.self).strippingWhiteSpace
        guard !chunk.isEmpty else { return }
        room.chunks -= 1
        room.bytes -= chunk.utf8.count
        guard room.chunks >= 0, room.bytes >= 0 else {
            throw .tooMuch(chunks: TextSplitter.Room.chunks, bytes: TextSplitter.Room.bytes)
        }
        chunks.append(chunk)
    }
}

extension UInt8 {
    /// Whether a scalar begins with this byte of UTF-8.
    fileprivate var beginsScalar: Bool { self & 0b1100_0000 != 0b1000_0000 }
}

extension String {
    /// The text without white space at its ends.
    fileprivate var strippingWhiteSpace: String {
        let scalars = unicodeScalars
        let rest = scalars.drop { $0.properties.isWhitespace }
        guard let last = rest.lastIndex(where: { !$0.properties.isWhitespace }) else { return "" }
        return String(rest[...last])
    }
}
