import Corpus
import Foundation
import Models
import Text

/// How near a passage is in meaning: as a whole, and by the sentence, item or row of it that is nearest.
///
/// A passage's vector says what it is about; what answers is often one sentence that it mentions besides. The
/// nearest passages are therefore looked at again by their units' vectors, and count
///
///     similarity = (1 − share) · cosine of the passage + share · greatest cosine of a unit
///
/// A passage whose embedder told no units counts as a whole.
public struct SentenceSimilarity: Sendable, Hashable {
    /// What the best unit counts. Half and half, as nothing speaks for another share.
    public var share: Double
    /// Passages that are looked at again; those behind stay where they are.
    public var depth: Int

    public init(share: Double = 0.5, depth: Int = 100) {
        self.share = share
        self.depth = depth
    }

    /// - Parameters:
    ///   - nearest: by their vectors, nearest first.
    ///   - vector: the question's, of length 1.
    func refined(
        _ nearest: [RankedPassage], vector: [Float], in snapshot: any PassageSnapshot
    ) throws(CorpusError) -> [RankedPassage] {
        let head = nearest.prefix(depth)
        let evidence = try snapshot.evidence(ofChunks: head.map(\.id))
        guard !evidence.isEmpty else { return nearest }
        let scored = head.map { refined($0, evidence[$0.id], vector) }
            .sorted { $0.score != $1.score ? $0.score > $1.score : $0.id < $1.id }
        // The order stands: whatever was not looked at again is no nearer than the last that was.
        let last = scored.last?.score ?? 1
        let tail = nearest.dropFirst(depth).map { passage -> RankedPassage in
            var passage = passage
            passage.score = min(passage.score, last)
            passage.vectorScore = passage.score
            return passage
        }
        return (scored + tail).enumerated().map { offset, passage -> RankedPassage in
            var passage = passage
            passage.vectorRank = offset + 1
            return passage
        }
    }

    private func refined(_ passage: RankedPassage, _ evidence: Data?, _ vector: [Float]) -> RankedPassage {
        guard let evidence, let whole = passage.vectorScore,
            let best = EvidenceVectors(evidence, rules: EvidenceUnits.version)?.best(to: vector)
        else { return passage }
        var passage = passage
        let similarity = (1 - share) * whole + share * best
        passage.vectorScore = similarity
        passage.score = similarity
        return passage
    }
}
