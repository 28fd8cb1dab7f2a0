/// The forms of clusters seen so far, found by their bytes as written, so that a word is folded and taken apart
/// once however often it stands in the texts. What a text repeats costs one hash and one comparison.
struct FormTable {
    struct Form {
        var term: String
        /// From the cluster's first position.
        var position: Int
        /// UTF-8 offsets from the cluster's first byte.
        var lower: Int
        var upper: Int
        var form: Token.Form
    }

    struct Entry {
        var forms: [Form]
        /// Positions that the cluster takes: its parts.
        var positions: Int
        /// What may be stemmed: places in ``forms``.
        var stemmable: [Int]
        var hints: LanguageHints
        var script: WordScript
        fileprivate(set) var stems: [(language: Language, forms: [Form])] = []
        fileprivate var key: Range<Int>
        fileprivate var hash: UInt64

        var hasStems: Bool { !stemmable.isEmpty }
    }

    private(set) var entries: [Entry] = []
    private var keys: [UInt8] = []
    /// Entry numbers from 1; 0 is free. A power of two long, at most half full.
    private var slots = [UInt32](repeating: 0, count: 1 << 10)
    private let seed = UInt64.random(in: .min ... .max)

    /// Whether it is time for a new table: a cache, not a lexicon.
    var isFull: Bool { entries.count > 1 << 16 || keys.count > 1 << 22 }

    /// The number of a cluster's entry, made when it is new.
    mutating func entry(of range: Range<Int>, in bytes: [UInt8]) -> Int {
        let hash = hash(range, bytes)
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] != 0 {
            let number = Int(slots[slot]) - 1
            if entries[number].hash == hash, isKey(entries[number].key, range, bytes) { return number }
            slot = (slot + 1) & (slots.count - 1)
        }
        var entry = ClusterForms.entry(of: Array(bytes[range]))
        entry.key = keys.count..<(keys.count + range.count)
        entry.hash = hash
        keys.append(contentsOf: bytes[range])
        entries.append(entry)
        slots[slot] = UInt32(entries.count)
        if entries.count * 2 > slots.count { grow() }
        return entries.count - 1
    }

    /// The stems of an entry's words in a language, where they differ from its other forms.
    mutating func stems(of entry: Int, in language: Language, with stemmers: inout Stemmers) -> [Form] {
        if let known = entries[entry].stems.first(where: { $0.language == language }) { return known.forms }
        let forms = entries[entry].forms
        var stems: [Form] = []
        for index in entries[entry].stemmable {
            let word = forms[index]
            guard let stemmed = stemmers.stem(word.term, in: language) else { continue }
            let term = Folding.withoutMarks(stemmed)
            func isTerm(_ form: Form) -> Bool { form.position == word.position && form.term == term }
            guard !term.isEmpty, !forms.contains(where: isTerm), !stems.contains(where: isTerm) else {
                continue
            }
            stems.append(
                Form(term: term, position: word.position, lower: word.lower, upper: word.upper, form: .stem))
        }
        entries[entry].stems.append((language, stems))
        return stems
    }

    private func isKey(_ key: Range<Int>, _ range: Range<Int>, _ bytes: [UInt8]) -> Bool {
        guard key.count == range.count else { return false }
        for offset in 0..<key.count where keys[key.lowerBound + offset] != bytes[range.lowerBound + offset] {
            return false
        }
        return true
    }

    /// Multiplies and folds eight bytes at a time, from a seed of this table's own, so that no page can be written
    /// to make its words collide.
    private func hash(_ range: Range<Int>, _ bytes: [UInt8]) -> UInt64 {
        var state = seed ^ UInt64(range.count)
        var word: UInt64 = 0
        var filled = 0
        for offset in range {
            word = word << 8 | UInt64(bytes[offset])
            filled += 1
            if filled == 8 {
                state = Self.mix(state ^ word)
                (word, filled) = (0, 0)
            }
        }
        return filled == 0 ? state : Self.mix(state ^ word)
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        let product = (value ^ 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
        return product.high ^ product.low
    }

    private mutating func grow() {
        slots = [UInt32](repeating: 0, count: slots.count * 2)
        for (number, entry) in entries.enumerated() {
            var slot = Int(truncatingIfNeeded: entry.hash) & (slots.count - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = UInt32(number + 1)
        }
    }
}

extension FormTable.Entry {
    init(
        forms: [FormTable.Form], positions: Int, stemmable: [Int] = [],
        hints: LanguageHints = LanguageHints(),
        script: WordScript = .other
    ) {
        self.forms = forms
        self.positions = positions
        self.stemmable = stemmable
        self.hints = hints
        self.script = script
        key = 0..<0
        hash = 0
    }
}
