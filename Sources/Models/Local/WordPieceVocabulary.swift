/// The pieces of a WordPiece vocabulary in a double-array trie over their UTF-8 bytes.
///
/// State `s` goes on byte `b` to `t = base[s] + b` if `check[t] == s` (Aoe, "An Efficient Digital Search
/// Algorithm by Using a Double-Array Structure", IEEE TSE 1989). Pieces that begin a word hang from one
/// root, those that continue one (`##…`, stored without the mark) from another.
struct WordPieceVocabulary: Sendable {
    /// One slot of the double array.
    struct Unit {
        var base: Int32 = 0
        /// The state this slot is a child of, or -1 if the slot is free.
        var check: Int32 = -1
        /// The piece that ends here, or -1.
        var id: Int32 = -1
    }

    static let initialRoot: Int32 = 0
    static let continuationRoot: Int32 = 1

    private(set) var units: [Unit] = []
    /// Ids of `[UNK]`, `[CLS]` and `[SEP]`.
    let unknown: Int32
    let classification: Int32
    let separator: Int32
    /// Bytes and ids of the special tokens that the reference finds in raw text, such as `[MASK]`.
    let specials: [(bytes: [UInt8], id: Int32)]
    /// The pieces that are whole short words.
    let words: WordPieceWords
    /// For each ASCII byte the piece that it is by itself, or `[UNK]`.
    private(set) var asciiIDs: [Int32]
    /// How many pieces there are.
    let count: Int

    /// - Parameter lines: the pieces; a piece's id is its position.
    /// - Throws: the missing special token's name, if one of the three needed is not there.
    init(lines: [[UInt8]]) throws(MissingToken) {
        var specials: [(bytes: [UInt8], id: Int32)] = []
        func find(_ name: String) -> Int32? {
            let bytes = [UInt8](name.utf8)
            return lines.lastIndex(of: bytes).map { id in
                specials.append((bytes, Int32(id)))
                return Int32(id)
            }
        }
        guard let unknown = find("[UNK]") else { throw MissingToken(name: "[UNK]") }
        guard let classification = find("[CLS]") else { throw MissingToken(name: "[CLS]") }
        guard let separator = find("[SEP]") else { throw MissingToken(name: "[SEP]") }
        _ = find("[PAD]")
        _ = find("[MASK]")
        (self.unknown, self.classification, self.separator) = (unknown, classification, separator)
        self.specials = specials
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
        var initial: [Key] = []
        var continuing: [Key] = []
        for (id, line) in lines.enumerated() where !line.isEmpty {
            if line.count > 2 && line[0] == UInt8(ascii: "#") && line[1] == UInt8(ascii: "#") {
                continuing.append(Key(bytes: Array(line.dropFirst(2)), id: Int32(id)))
            } else {
                initial.append(Key(bytes: line, id: Int32(id)))
            }
        }
        var builder = DoubleArrayBuilder()
        builder.insert(initial.sorted(), root: Int(Self.initialRoot))
        builder.insert(continuing.sorted(), root: Int(Self.continuationRoot))
        units = builder.units
    }

    fileprivate struct Key: Comparable {
        var bytes: [UInt8]
        var id: Int32

        /// By bytes; of equal pieces the later id comes last and wins, as it does in the reference.
        static func < (a: Key, b: Key) -> Bool {
            a.bytes == b.bytes ? a.id < b.id : a.bytes.lexicographicallyPrecedes(b.bytes)
        }
        static func == (a: Key, b: Key) -> Bool { a.id == b.id && a.bytes == b.bytes }
    }
}

/// Lays sorted keys into a double array, first fit.
private struct DoubleArrayBuilder {
    var units = [WordPieceVocabulary.Unit](repeating: .init(), count: 1024)
    /// Where the search for free slots starts. Past 256, so that a base is never below 1.
    private var searchStart = 257

    init() {
        // The two roots are nobody's children; a check of their own keeps the slots from being used.
        units[0].check = 0
        units[1].check = 1
    }

    mutating func insert(_ keys: [WordPieceVocabulary.Key], root: Int) {
        var pending = [(keys: keys[...], depth: 0, state: root)]
        while let (keys, depth, state) = pending.popLast() {
            var rest = keys
            while let first = rest.first, first.bytes.count == depth {
                units[state].id = first.id
                rest = rest.dropFirst()
            }
            if rest.isEmpty { continue }
            var groups: [ArraySlice<WordPieceVocabulary.Key>] = []
            var start = rest.startIndex
            for i in rest.indices where rest[i].bytes[depth] != rest[start].bytes[depth] {
                groups.append(rest[start..<i])
                start = i
            }
            groups.append(rest[start...])
            let labels = groups.map { Int($0[$0.startIndex].bytes[depth]) }
            let base = place(labels, parent: state)
            for (group, label) in zip(groups, labels) {
                pending.append((group, depth + 1, base + label))
            }
        }
    }

    /// Finds a base at which every label's slot is free, the lowest that the search meets, and takes them.
    ///
    /// Where nearly all slots are taken, later searches start behind them (as Darts does): a few slots stay
    /// empty, and building takes time in proportion to the keys instead of to their square.
    private mutating func place(_ labels: [Int], parent: Int) -> Int {
        var slot = searchStart
        var taken = 0
        while true {
            if slot + 256 >= units.count {
                units.append(contentsOf: repeatElement(.init(), count: units.count / 2))
            }
            if units[slot].check >= 0 {
                taken += 1
            } else if labels.allSatisfy({ units[slot - labels[0] + $0].check < 0 }) {
                break
            }
            slot += 1
        }
        if taken * 20 >= (slot - searchStart + 1) * 19 { searchStart = slot }
        let base = slot - labels[0]
        for label in labels { units[base + label].check = Int32(parent) }
        units[parent].base = Int32(base)
        return base
    }
}
