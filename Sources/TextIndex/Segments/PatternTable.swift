/// The distinct ways in which a term stands in the fields of a document: so often in the title, so often in
/// the body. A posting names its pattern by number, and the commonest have the smallest, so that a block of
/// postings needs few bits for them.
struct PatternTable: Sendable {
    let fieldCount: Int
    /// ``fieldCount`` numbers a pattern.
    private(set) var frequencies: [UInt16] = []
    /// How many postings have the pattern.
    private(set) var counts: [UInt32] = []
    /// Positions of a posting with the pattern.
    private(set) var totals: [UInt32] = []
    private var numbers: [[UInt16]: UInt32] = [:]
    /// Patterns of one field: the number by field and frequency, where it is small; the usual case without a
    /// hash.
    private var single: [UInt32]

    private static let smallFrequency = 64

    init(fieldCount: Int) {
        self.fieldCount = fieldCount
        single = [UInt32](repeating: .max, count: fieldCount * Self.smallFrequency)
    }

    var count: Int { counts.count }

    /// The number of a pattern that has only one field.
    mutating func number(field: Int, frequency: Int) -> UInt32 {
        let place = field * Self.smallFrequency + frequency
        if frequency < Self.smallFrequency, single[place] != .max {
            counts[Int(single[place])] += 1
            return single[place]
        }
        var pattern = [UInt16](repeating: 0, count: fieldCount)
        pattern[field] = UInt16(frequency)
        let number = number(of: pattern)
        if frequency < Self.smallFrequency { single[place] = number }
        return number
    }

    /// The number of a pattern, which `postings` more postings have.
    mutating func number(of pattern: [UInt16], postings: UInt32 = 1) -> UInt32 {
        if let number = numbers[pattern] {
            counts[Int(number)] += postings
            return number
        }
        let number = UInt32(counts.count)
        numbers[pattern] = number
        frequencies += pattern
        counts.append(postings)
        totals.append(pattern.reduce(0) { $0 + UInt32($1) })
        return number
    }

    /// The same patterns by falling count, and the new numbers by the old ones.
    func sorted() -> (table: PatternTable, numbers: [UInt32]) {
        var table = PatternTable(fieldCount: fieldCount)
        var renumbered = [UInt32](repeating: 0, count: count)
        let order = (0..<count).sorted { (counts[$1], $0) < (counts[$0], $1) }
        for old in order {
            let pattern = Array(frequencies[old * fieldCount..<(old + 1) * fieldCount])
            renumbered[old] = table.number(of: pattern, postings: counts[old])
        }
        return (table, renumbered)
    }
}
