import Foundation

/// Why no fresh keys are made: something is sealed with keys that are gone.
///
/// Fresh ones would open none of it, and nobody would be told before a secret is needed.
public struct LostSealKeys: Error, Sendable, Hashable {
    /// Where keys were looked for.
    public var place: String
    /// What nothing opens, by kind.
    public var counts: [SealedValue.Kind: Int]
    /// Ids of the keys that it was sealed with, in order.
    public var keyIDs: [String]

    private static let batch = 500
    /// Ids that are told at most.
    private static let shown = 8

    /// Looks at everything that is sealed.
    ///
    /// - Parameters:
    ///   - keys: those that are there still.
    ///   - place: where keys were looked for.
    /// - Throws: this error where a value is sealed with none of `keys`; what the store throws.
    public static func check(
        _ store: any SealedValueStore, openedBy keys: SealKeys?, place: String
    ) async throws {
        var lost = LostSealKeys(place: place, counts: [:], keyIDs: [])
        var ids: Set<String> = []
        for kind in SealedValue.Kind.allCases {
            var last: SealedValue?
            repeat {
                try Task.checkCancellation()
                // No sealed value begins with a zero.
                let values = try await store.sealedValues(
                    kind, without: Data([0]), after: last, limit: batch)
                for value in values {
                    guard let id = VariableSeal.keyID(of: value.value), keys?.key(id) == nil else { continue }
                    ids.insert(id)
                    lost.counts[kind, default: 0] += 1
                }
                last = values.last
            } while last != nil
        }
        lost.keyIDs = ids.sorted()
        guard lost.counts.isEmpty else { throw lost }
    }
}

extension LostSealKeys: CustomStringConvertible {
    public var description: String {
        let kinds = SealedValue.Kind.allCases.compactMap { kind in
            counts[kind].map { "\($0) \(kind.words(of: $0))" }
        }.joined(separator: ", ")
        let more = keyIDs.count > Self.shown ? " and \(keyIDs.count - Self.shown) more" : ""
        let ids = keyIDs.prefix(Self.shown).joined(separator: ", ") + more
        return """
            The keys that secrets are sealed with are not in \(place), and nothing else opens what is kept: \(kinds); \
            sealed with the keys \(ids). Put them back there from a backup. To give those secrets up, run \
            `millrace keys reseal --give-up`, and set them anew.
            """
    }
}

extension SealedValue.Kind {
    /// As a person reads it.
    public func words(of count: Int) -> String {
        let one = count == 1
        return switch self {
        case .variable: one ? "variable" : "variables"
        case .source: one ? "source" : "sources"
        case .webhook: one ? "webhook" : "webhooks"
        case .previousWebhook: one ? "webhook's former secret" : "webhooks' former secrets"
        }
    }
}
