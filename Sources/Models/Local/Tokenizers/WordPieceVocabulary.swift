/// The pieces of a WordPiece vocabulary in a ``DoubleArray`` over their UTF-8 bytes.
///
/// Pieces that begin a word hang from one root, those that continue one (`##…`, stored without the mark) from
/// another.
struct WordPieceVocabulary: Sendable {
    /// What the vocabulary calls the tokens that stand for no text.
    struct Special: Sendable {
        var unknown = "[UNK]"
        var start = "[CLS]"
        var end = "[SEP]"
        /// More that are found in raw text, where the vocabulary has them.
        var others = ["[PAD]", "[MASK]"]
    }

    static let initialRoot: Int32 = 0
    static let continuationRoot: Int32 = 1

    private(set) var units: [DoubleArray.Unit] = []
    /// Ids of the unknown token and of those at a text's start and end.
    let unknown: Int32
    let classification: Int32
    let separator: Int32
    /// Bytes and ids of the special tokens that the reference finds in raw text, such as `[MASK]`.
    let specials: [(bytes: [UInt8], id: Int32)]
    /// For each ASCII byte whether a special token begins with it.
    private(set) var startsSpecial = [Bool](repeating: false, count: 128)
    /// The pieces that are whole short words.
    let words: WordPieceWords
    /// For each ASCII byte the piece that it is by itself, or `[UNK]`.
    private(set) var asciiIDs: [Int32]
    /// How many pieces there are.
    let count: Int

    /// - Parameter lines: the pieces; a piece's id is its position.
    /// - Throws: the missing special token's name, if one of the three needed is not there.
    init(lines: [[UInt8]], special: Special = Special()) throws(MissingToken) {
        var specials: [(bytes: [UInt8], id: Int32)] = []
        func find(_ name: String) -> Int32? {
            let bytes = [UInt8](name.utf8)
            return lines.lastIndex(of: bytes).map { id in
                specials.append((bytes, Int32(id)))
                return Int32(id)
            }
        }
        guard let unknown = find(special.unknown) else { throw MissingToken(name: special.unknown) }
        guard let classification = find(special.start) else { throw MissingToken(name: special.start) }
        guard let separator = find(special.end) else { throw MissingToken(name: special.end) }
        for name in special.others where !specials.contains(where: { $0.bytes == [UInt8](name.utf8) }) {
            _ = find(name)
        }
        (self.unknown, self.classification, self.separator) = (unknown, classification, separator)
        self.specials = specials
        for special in specials {
            if let first = special.bytes.first { startsSpecial[Int(first & 127)] = true }
        }
        self.count = lines.count
        words = WordPieceWords(lines: lines)
        asciiIDs = Array(repeating: unknown, count: 128)
        for (id, line) in lines.enumerated() where line.count == 1 && line[0] < 128 {
            asciiIDs[Int(line[0])] = Int32(id)
        }
        build(lines)
    }

    /// The name of a special token that the vocabulary lacks.
    struct MissingToken: Error {
        var name: String
    }

    private mutating func build(_ lines: [[UInt8]]) {
        var initial: [DoubleArray.Key] = []
        var continuing: [DoubleArray.Key] = []
        for (id, line) in lines.enumerated() where !line.isEmpty {
            if line.count > 2 && line[0] == UInt8(ascii: "#") && line[1] == UInt8(ascii: "#") {
                continuing.append(DoubleArray.Key(bytes: Array(line.dropFirst(2)), id: Int32(id)))
            } else {
                initial.append(DoubleArray.Key(bytes: line, id: Int32(id)))
            }
        }
        var builder = DoubleArrayBuilder()
        builder.insert(initial.sorted(), root: Int(Self.initialRoot))
        builder.insert(continuing.sorted(), root: Int(Self.continuationRoot))
        units = builder.units
    }
}
