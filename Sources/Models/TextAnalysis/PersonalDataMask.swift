import Synchronization

/// Writes over personal data in texts before they are sent to a model of somebody else's.
///
/// A question goes to several models in turn: what was found in the last texts is remembered, in this process alone.
public final class PersonalDataMask: Sendable {
    /// A text without the personal data that was found in it.
    struct Masked: Sendable, Hashable {
        var text: String
        var hasFound: Bool
    }

    /// Texts that are remembered, none longer than that.
    private static let limit = 512
    private static let byteLimit = 16 << 10

    private let detector: any PIIDetector
    private let known = Mutex<[String: Masked]>([:])

    public init(_ detector: any PIIDetector) {
        self.detector = detector
    }

    /// - Throws: what the detector throws, and ``Masking/Outside``: a text that was not looked at is not sent.
    func masked(_ texts: [String]) async throws -> [Masked] {
        var found = known.withLock { known in
            Dictionary(texts.map { ($0, known[$0]) }, uniquingKeysWith: { first, _ in first })
        }.compactMapValues(\.self)
        let asked = Array(Set(texts.filter { found[$0] == nil }))
        if !asked.isEmpty {
            let spans = try await detector.spans(in: asked)
            guard spans.count == asked.count else {
                throw ModelsError.wrongCount(
                    model: "personal data", expected: asked.count, actual: spans.count)
            }
            for (text, spans) in zip(asked, spans) {
                found[text] = Masked(text: try Masking(text, spans).text, hasFound: !spans.isEmpty)
            }
            let fresh = asked.filter { $0.utf8.count <= Self.byteLimit }.prefix(Self.limit)
            known.withLock { known in
                if known.count + fresh.count > Self.limit { known.removeAll() }
                for text in fresh { known[text] = found[text] }
            }
        }
        return texts.map { found[$0] ?? Masked(text: $0, hasFound: false) }
    }
}
