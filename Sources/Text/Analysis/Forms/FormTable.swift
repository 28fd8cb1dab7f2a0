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

    /// What a cluster is taken apart into.
    struct Cluster {
        var forms: [Form]
        /// Positions that the cluster takes: its parts.
        var positions: Int
        /// What may be stemmed: places in ``forms``.
        var stemmable: [Int] = []
        var hints = LanguageHints()
        var script = WordScript.other
    }

    struct Entry {
        /// Places in ``FormTable/forms``.
        var forms: Range<Int>
        var positions: Int
        var hints: LanguageHints
        var script: WordScript
        var hasStems: Bool
        fileprivate var stemmable: [Int]
        /// The language asked for last: nearly always the next one too.
        fileprivate var language: Language?
        fileprivate var stems: Range<Int>
        fileprivate var key: Range<Int>
        fileprivate var hash: UInt64
    }

    private struct StemKey: Hashable {
        var entry: Int
        var language: Language
    }

    /// Those of all entries, and of their stems: one buffer, so that reading them counts no references.
    private(set) var forms: [Form] = []
    private var otherStems: [StemKey: Range<Int>] = [:]
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
        let cluster = ClusterForms.cluster(of: Array(bytes[range]))
        entries.append(
            Entry(
                forms: forms.count..<(forms.count + cluster.forms.count), positions: cluster.positions,
                hints: cluster.hints, script: cluster.script, hasStems: !cluster.stemmable.isEmpty,
                stemmable: cluster.stemmable, language: nil, stems: 0..<0,
                key: keys.count..<(keys.count + range.count), hash: hash))
        forms.append(contentsOf: cluster.forms)
        keys.append(contentsOf: bytes[range])
        slots[slot] = UInt32(entries.count)
        if entries.count * 2 > slots.count { grow() }
        return entries.count - 1
    }

    /// The stems of an entry's words in a language, where they differ from its other forms: places in ``forms``.
    mutating func stems(of number: Int, in language: Language, with stemmers: inout Stemmers) -> Range<Int> {
        if entries[number].language == language { return entries[number].stems }
        let key = StemKey(entry: number, language: language)
        let range = otherStems[key] ?? makeStems(of: number, in: language, with: &stemmers)
        otherStems[key] = range
        entries[number].language = language
        entries[number].stems = range
        return range
    }

    private mutating func makeStems(
        of number: Int, in language: Language, with stemmers: inout Stemmers
    ) -> Range<Int> {
        let own = entries[number].forms
        let start = forms.count
        for index in entries[number].stemmable {
            let word = forms[own.lowerBound + index]
            guard let stemmed = stemmers.stem(word.term, in: language) else { continue }
            let term = Folding.withoutMarks(stemmed)
            func isTerm(_ form: Form) -> Bool { form.position == word.position && form.term == term }
            guard !term.isEmpty, !forms[own].contains(where: isTerm), !forms[start...].contains(where: isTerm)
            else { continue }
            forms.append(
                Form(term: term, position: word.position, lower: word.lower, upper: word.upper, form: .stem))
        }
        return start..<forms.count
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
