import Foundation

/// What the tokenizer does with each Unicode scalar value: cleaning, accents, case, CJK spacing and
/// punctuation folded into one lookup.
///
/// The table is the behaviour of the reference (Hugging Face `tokenizers`: `BertNormalizer`, then
/// `BertPreTokenizer`), asked for every scalar value by `scripts/make-encoder-fixtures`. It does not
/// depend on the Unicode version of the machine, as `String`'s own normalisation would.
///
/// Departure: NFD also sorts combining marks by class. Marks that survive accent stripping are in no
/// uncased vocabulary, and any such mark makes its whole word unknown, so their order cannot matter.
struct WordPieceCharacters: Sendable {
    /// What becomes of one scalar value.
    enum Kind: UInt32 {
        /// Part of a word, as `target`.
        case word
        /// Removed: controls, formats, private use, non-spacing marks.
        case dropped
        case space
        /// A word by itself, as `target`: punctuation and CJK ideographs.
        case isolated
        /// Several scalars, `sequences[target]`, all parts of a word.
        case sequence
        /// A Hangul syllable, decomposed by arithmetic.
        case hangul
    }

    struct Entry {
        var bits: UInt32

        init(_ kind: Kind, _ target: UInt32) { bits = kind.rawValue << 24 | target }

        var kind: Kind { Kind(rawValue: bits >> 24) ?? .word }
        var target: UInt32 { bits & 0xFF_FFFF }
        static let same = Entry(.word, 0)
    }

    /// For a scalar `c`, `blocks[c >> 8]` is the number of its block of 256 entries.
    private(set) var blocks = [UInt16](repeating: 0, count: 0x1100)
    private(set) var entries = [Entry](repeating: .same, count: 256)
    private(set) var sequences: [[UInt32]] = []
    /// For ASCII: the byte to keep (lowercased), or one of the three codes below.
    private(set) var ascii = [UInt8](repeating: 0, count: 128)

    static let asciiDropped: UInt8 = 0
    static let asciiSpace: UInt8 = 1
    static let asciiIsolated: UInt8 = 2

    /// The table of the reference; built once, about a millisecond.
    static let shared = WordPieceCharacters(encoded: data)

    /// What becomes of `scalar`; a target of 0 with kind `word` or `isolated` means the scalar itself.
    @inline(__always)
    func entry(_ scalar: UInt32) -> Entry {
        entries[Int(blocks[Int(scalar >> 8)]) << 8 | Int(scalar & 0xFF)]
    }

    private mutating func set(_ scalar: UInt32, _ kind: Kind, _ target: UInt32) {
        let page = Int(scalar >> 8)
        if blocks[page] == 0 {
            blocks[page] = UInt16(entries.count >> 8)
            entries.append(contentsOf: repeatElement(.same, count: 256))
        }
        entries[Int(blocks[page]) << 8 | Int(scalar & 0xFF)] = Entry(kind, target)
    }

    /// Reads the generated table: base64 of LEB128 integers.
    ///
    /// | part | content |
    /// |---|---|
    /// | dropped, spaces, isolated | count; per range: gap from the last range's end, length − 1 |
    /// | mappings | count; per run: gap, length − 1, source step, target step, target − source (zigzag) |
    /// | sequences | count; per scalar: scalar, length, the scalars it becomes |
    private init(encoded: String) {
        var reader = VarintReader(bytes: [UInt8](Data(base64Encoded: encoded) ?? Data()))
        for kind in [Kind.dropped, .space, .isolated] {
            var end: UInt32 = 0
            for _ in 0..<reader.next() {
                let first = end + reader.next()
                end = first + reader.next()
                for scalar in first...end { set(scalar, kind, 0) }
            }
        }
        readMappings(&reader)
        for _ in 0..<reader.next() {
            let scalar = reader.next()
            set(scalar, .sequence, UInt32(sequences.count))
            sequences.append((0..<reader.next()).map { _ in reader.next() })
        }
        for scalar in UInt32(0xAC00)...0xD7A3 { set(scalar, .hangul, 0) }
        for scalar in UInt32(0)..<128 {
            let entry = entry(scalar)
            ascii[Int(scalar)] =
                switch entry.kind {
                case .dropped: Self.asciiDropped
                case .space: Self.asciiSpace
                case .isolated: Self.asciiIsolated
                default: UInt8(entry.target == 0 ? scalar : entry.target)
                }
        }
    }

    private mutating func readMappings(_ reader: inout VarintReader) {
        var end: UInt32 = 0
        for _ in 0..<reader.next() {
            let first = end + reader.next()
            let extra = reader.next()
            let (step, targetStep, zigzag) = (reader.next(), reader.next(), reader.next())
            let delta = Int(zigzag >> 1) ^ -Int(zigzag & 1)
            for i in 0...extra {
                let scalar = first + i * step
                let kind: Kind = entry(scalar).kind == .isolated ? .isolated : .word
                set(scalar, kind, UInt32(Int(first) + delta + Int(i * targetStep)))
            }
            end = first + extra * step
        }
    }
}

/// Reads LEB128 integers; past the end it reads zeros.
private struct VarintReader {
    let bytes: [UInt8]
    var at = 0

    mutating func next() -> UInt32 {
        var value: UInt32 = 0
        var shift: UInt32 = 0
        while at < bytes.count {
            let byte = bytes[at]
            at += 1
            value |= UInt32(byte & 0x7F) << shift
            if byte < 0x80 { break }
            shift += 7
        }
        return value
    }
}
