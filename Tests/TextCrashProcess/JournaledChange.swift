import TextIndex

/// A change that the crashing process makes and writes down, and that the test makes too.
public enum JournaledChange: Equatable, Sendable {
    case upsert(version: UInt64, ids: [UInt64])
    case removal(ids: [UInt64])
    case generation(UInt64)
    case compaction

    /// The change as a line of the journal, without its end.
    public var line: String {
        switch self {
        case .upsert(let version, let ids): Self.line("upsert", [version] + ids)
        case .removal(let ids): Self.line("removal", ids)
        case .generation(let number): Self.line("generation", [number])
        case .compaction: "compaction"
        }
    }

    /// The change that a line of the journal tells of; `nil` if it was cut off.
    public init?(line: Substring) {
        let words = line.split(separator: " ")
        let numbers = words.dropFirst().compactMap { UInt64($0) }
        switch (words.first, numbers.first) {
        case ("upsert", let version?): self = .upsert(version: version, ids: Array(numbers.dropFirst()))
        case ("removal", _): self = .removal(ids: numbers)
        case ("generation", let number?): self = .generation(number)
        case ("compaction", _): self = .compaction
        default: return nil
        }
    }

    /// The document that an upsert of `version` stores under `id`: a term of its own, which says both, and
    /// some of twenty that others have too.
    public static func document(id: UInt64, version: UInt64) -> TextDocument {
        var numbers = JournalNumbers(seed: id &* 0x1_0001 &+ version &* 0x9e37_79b9_7f4a_7c15)
        let words = (0..<Int.random(in: 1...30, using: &numbers)).map { place in
            TermOccurrence("w\(Int.random(in: 0..<20, using: &numbers))", at: UInt32(place))
        }
        return TextDocument(
            id: id,
            fields: [TextField([TermOccurrence(own(id: id, version: version), at: 0)]), TextField(words)],
            facets: [TextFacet(field: "parity", value: "\(id % 2)")])
    }

    /// The term that only one version of one document has.
    public static func own(id: UInt64, version: UInt64) -> String { "v\(id).\(version)" }

    private static func line(_ name: String, _ numbers: [UInt64]) -> String {
        ([name] + numbers.map { "\($0)" }).joined(separator: " ")
    }
}

/// SplitMix64.
public struct JournalNumbers: RandomNumberGenerator {
    private var state: UInt64

    public init(seed: UInt64) {
        state = seed
    }

    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
        return bits ^ (bits >> 31)
    }
}
