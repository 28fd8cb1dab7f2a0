import CVectorKernels

/// A term of a query in one segment, as the walk over the documents goes on.
final class TermCursor: DocumentCursor {
    /// The most the term can score, in units.
    let weight: Float
    private let scorer: UnsafePointer<mk_scorer>
    private let growth: Float
    /// - Parameters:
    ///   - scorer: good as long as this.
    ///   - growth: see ``FieldNorms/growth(of:scoring:means:)``.
    init(_ reader: PostingReader, weight: Float, scorer: UnsafePointer<mk_scorer>, growth: Float) {
        (self.weight, self.scorer, self.growth) = (weight, scorer, growth)
        super.init(reader)
    }

    /// The most that a posting of a block can score.
    @inline(__always)
    func bound(_ block: Int) -> Int32 {
        // One more, as rounding may differ, but never more than the weight allows.
        mk_score(reader.bound(block) * growth, scorer.pointee.k1, weight) &+ 1
    }

    /// The most that a document of `range` can score; 0 if none of them can have the term.
    func bound(in range: Range<UInt32>) -> Int32 {
        seek(range.lowerBound)
        var (greatest, block) = (Int32(0), block)
        while block < reader.blockCount {
            // The block begins behind the last document of the one before.
            if block > self.block, reader.last(block - 1) >= range.upperBound - 1 { break }
            greatest = max(greatest, bound(block))
            block += 1
        }
        return greatest
    }

    /// Adds the scores of the documents of `range` to `sums`, whose first is the range's first.
    ///
    /// - Parameters:
    ///   - mask: bits from the range's first on: which documents count.
    ///   - needed: blocks whose postings cannot score as much may be left out.
    func addScores(
        in range: Range<UInt32>, mask: UnsafePointer<UInt64>?, keepsBest: Bool, needed: Int32,
        to sums: UnsafeMutablePointer<Int32>
    ) {
        seek(range.lowerBound)
        while block < reader.blockCount {
            if bound(block) >= needed {
                let size = reader.read(block)
                let documents = reader.documents
                let first =
                    documents[0] >= range.lowerBound
                    ? 0 : mk_lower_bound(documents, 0, size, range.lowerBound)
                if first == 0, documents[0] >= range.upperBound { return }
                let end =
                    documents[size - 1] < range.upperBound
                    ? size : mk_lower_bound(documents, first, size, range.upperBound)
                reader.readPatterns()
                mk_score_postings(
                    scorer, weight, documents + first, reader.patterns + first, end - first,
                    range.lowerBound, mask, keepsBest ? 1 : 0, sums)
            }
            if reader.last(block) >= range.upperBound - 1 { return }
            advance()
        }
    }

    /// What the term scores in a document; 0 without it, or if it could not be `needed`. Documents come in
    /// ascending order.
    @inline(__always)
    func score(_ document: UInt32, needed: Int32) -> Int32 {
        seek(document)
        guard block < reader.blockCount, needed <= 1 || bound(block) >= needed else { return 0 }
        guard let place = find(document) else { return 0 }
        return mk_score(
            mk_posting_weight(scorer, document, reader.pattern(place)), scorer.pointee.k1, weight)
    }
}
