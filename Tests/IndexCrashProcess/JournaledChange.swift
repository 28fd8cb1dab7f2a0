/// A change that the crashing process makes and writes down, and that the test makes too.
public enum JournaledChange: Equatable, Sendable {
    case upsert(version: UInt64, ids: [UInt64])
    case removal(ids: [UInt64])
    case generation(UInt64)
    case compaction

    /// Floats in every vector.
    public static let dimension = 8

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

    /// The vector that an upsert of `version` stores under `id`: components in −1...1.
    public static func vector(id: UInt64, version: UInt64) -> [Float] {
        var numbers = JournalNumbers(seed: id &* 0x1_0001 &+ version &* 0x9e37_79b9_7f4a_7c15)
        return (0..<dimension).map { _ in Float.random(in: -1...1, using: &numbers) }
    }

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
