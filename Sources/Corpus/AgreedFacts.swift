import Foundation

/// What processes that share a database must have in common, as digests: whoever compares them learns which parts
/// differ, and nothing of what they are.
public struct AgreedFacts: Sendable, Hashable, Codable {
    /// Sixteen hexadecimal digits, by name, by group.
    public private(set) var groups: [String: [String: String]]

    /// - Parameters:
    ///   - values: by name, by group: `["embedding": ["embedding.model": "…"]]`. Names are told, values never.
    ///   - salt: of what is shared, so that digests of two installations say nothing of each other.
    public init(_ values: [String: [String: String]], salt: String) {
        groups = [:]
        for (group, facts) in values {
            for (name, value) in facts {
                // With lengths, no two facts read the same.
                let text = [salt, name, value].map { "\($0.utf8.count):\($0)" }.joined()
                groups[group, default: [:]][name] = String(ContentHash.of(text).prefix(16))
            }
        }
    }

    public init(from decoder: any Decoder) throws {
        groups = try decoder.singleValueContainer().decode([String: [String: String]].self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(groups)
    }

    /// Of a whole group; equal ones are of equal facts.
    public func digest(of group: String) -> String {
        let facts = (groups[group] ?? [:]).sorted { $0.key < $1.key }
        return String(
            ContentHash.of(facts.map { "\($0.key)=\($0.value)" }.joined(separator: "\n")).prefix(16))
    }

    /// Of everything.
    public var digest: String {
        let all = groups.keys.sorted().map { "\($0)=\(digest(of: $0))" }
        return String(ContentHash.of(all.joined(separator: "\n")).prefix(16))
    }

    /// The names that two have different digests for, in order, by group. What one of them does not know is none:
    /// another version may have more settings.
    public func differences(from other: AgreedFacts) -> [String: [String]] {
        var differences: [String: [String]] = [:]
        for (group, facts) in groups where digest(of: group) != other.digest(of: group) {
            let theirs = other.groups[group] ?? [:]
            let names = facts.filter { name, digest in
                theirs[name].map { $0 != digest } ?? false
            }
            if !names.isEmpty { differences[group] = names.keys.sorted() }
        }
        return differences
    }
}
