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
        // Of each passage that has evidence; `nil` within where it is of other rules or another dimension.
        var best: [Int64: Double?] = [:]
        best.reserveCapacity(head.count)
        try snapshot.withEvidence(ofChunks: head.map(\.id)) { id, data in
            best.updateValue(
                EvidenceVectors.best(in: data, rules: EvidenceUnits.version, to: vector), forKey: id)
        }
        guard !best.isEmpty else { return nearest }
        let scored = head.map { refined($0, best[$0.id] ?? nil) }
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

    /// - Parameter best: the greatest cosine of a unit.
    private func refined(_ passage: RankedPassage, _ best: Double?) -> RankedPassage {
        guard let best, let whole = passage.vectorScore else { return passage }
        var passage = passage
        let similarity = (1 - share) * whole + share * best
        passage.vectorScore = similarity
        passage.score = similarity
        return passage
    }
}
