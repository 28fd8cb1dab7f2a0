import CVectorKernels
import VectorIndex

/// The index of one moment: what searches see. Immutable.
final class IndexSnapshot: Sendable {
    let format: TextFormat
    let scoring: TextScoring
    /// Largest first, so that a search finds good matches early. No id is there in two of them.
    let views: [SegmentView]
    /// Documents that are there.
    let count: Int
    /// Of each field, the sum of the lengths of the documents that are there.
    let totals: [UInt64]
    /// Of each field, the mean length of the documents that are there; 1 if all are empty.
    let means: [Double]
    /// Of each field, by length.
    private let norms: [AlignedBuffer<Float>]
    /// What searches work in.
    let pool: SearchMemoryPool

    /// - Parameters:
    ///   - totals: of each field.
    ///   - pool: of the snapshot before, so that its memory is used again.
    init(
        format: TextFormat, scoring: TextScoring, views: [SegmentView], totals: [UInt64],
        pool: SearchMemoryPool = SearchMemoryPool()
    ) {
        (self.format, self.scoring, self.totals, self.pool) = (format, scoring, totals, pool)
        self.views = views.sorted { $0.segment.documentCount > $1.segment.documentCount }
        let count = views.reduce(0) { $0 + $1.liveCount }
        self.count = count
        let means = totals.map { $0 == 0 || count == 0 ? 1 : Double($0) / Double(count) }
        self.means = means
        norms = format.fields.indices.map { field in
            let greatest = views.reduce(1) { max($0, Int($1.segment.header.fields[field].greatest)) }
            let settings = scoring.fields[field]
            let values = FieldNorms.norms(
                weight: settings.weight, b: settings.b, mean: means[field], upTo: greatest)
            let buffer = AlignedBuffer<Float>(count: values.count)
            for (length, value) in values.enumerated() { buffer.base[length] = value }
            return buffer
        }
    }

    /// What scores a segment's postings; its pointers are good while the snapshot is.
    func scorer(for segment: Segment) -> mk_scorer {
        func lengths(_ field: Int) -> UnsafePointer<UInt16> {
            segment.lengths(of: min(field, format.fields.count - 1))
        }
        func norms(_ field: Int) -> UnsafePointer<Float> {
            UnsafePointer(self.norms[min(field, format.fields.count - 1)].base)
        }
        // Bounds: no document of a segment is longer than its header says, for which the norms were made.
        return mk_scorer(
            field_count: format.fields.count,
            lengths: (
                lengths(0), lengths(1), lengths(2), lengths(3), lengths(4), lengths(5), lengths(6), lengths(7)
            ),
            norms: (norms(0), norms(1), norms(2), norms(3), norms(4), norms(5), norms(6), norms(7)),
            pattern_fields: segment.patterns.fields,
            frequencies: segment.patterns.frequencies, k1: Float(scoring.k1))
    }

    /// The segment and number of a document.
    func place(of id: UInt64) -> (view: Int, document: UInt32)? {
        for (number, view) in views.enumerated() {
            if let document = view.document(of: id) { return (number, document) }
        }
        return nil
    }

    func ids() -> [UInt64] {
        views.flatMap { view in
            (0..<view.segment.documentCount).lazy
                .filter { view.deleted?.contains($0) != true }.map { view.segment.ids[$0] }
        }
    }
}
