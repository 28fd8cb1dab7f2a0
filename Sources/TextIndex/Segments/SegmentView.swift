import CVectorKernels
import VectorIndex

/// Which documents of a segment are there no longer: one bit a document.
final class DeletedDocuments: Sendable {
    let words: [UInt64]
    let count: Int

    init(words: [UInt64]) {
        self.words = words
        count = words.reduce(0) { $0 + $1.nonzeroBitCount }
    }

    /// The numbers of all of them.
    var documents: [Int] {
        words.enumerated().flatMap { place, word in
            (0..<64).lazy.filter { word >> UInt64($0) & 1 == 1 }.map { place * 64 + $0 }
        }
    }

    func contains(_ document: Int) -> Bool { words[document / 64] >> UInt64(document % 64) & 1 == 1 }
}

/// A segment, and which of its documents are there.
final class SegmentView: Sendable {
    let segment: Segment
    let deleted: DeletedDocuments?
    /// Of each field, the sum of the lengths of the documents that are there.
    let lengthTotals: [UInt64]
    /// Documents, of those that are there, that have a term, by where its postings begin.
    private let counts = Guarded([Int: Int]())

    init(_ segment: Segment, deleted: DeletedDocuments? = nil) {
        self.segment = segment
        self.deleted = deleted.flatMap { $0.count > 0 ? $0 : nil }
        lengthTotals = segment.header.fields.enumerated().map { field, figures in
            let lengths = segment.lengths(of: field)
            return figures.total - (deleted?.documents.reduce(0) { $0 + UInt64(lengths[$1]) } ?? 0)
        }
    }

    var liveCount: Int { segment.documentCount - (deleted?.count ?? 0) }

    /// The number of the document of `id`, if it is there.
    func document(of id: UInt64) -> UInt32? {
        guard let document = segment.document(of: id), deleted?.contains(Int(document)) != true else {
            return nil
        }
        return document
    }

    /// The same segment without some documents more.
    func deleting(_ documents: [UInt32]) -> SegmentView {
        var words = deleted?.words ?? [UInt64](repeating: 0, count: (segment.documentCount + 63) / 64)
        for document in documents { words[Int(document) / 64] |= 1 << UInt64(document % 64) }
        return SegmentView(segment, deleted: DeletedDocuments(words: words))
    }

    /// How many of the documents that are there have a term.
    ///
    /// - Complexity: O(1) without deletions; else, when it is asked first, O(deletions) or O(postings), whichever
    ///   is less.
    func liveCount(of entry: TermEntry) throws(TextIndexError) -> Int {
        guard let deleted else { return entry.documentCount }
        if let known = counts.withLock({ $0[entry.postings.lowerBound] }) { return known }
        let reader = try PostingReader(segment, entry)
        var count = entry.documentCount
        if deleted.count * 8 < entry.documentCount {
            // Few deletions are looked up.
            for document in deleted.documents where reader.find(UInt32(document)) != nil { count -= 1 }
        } else {
            for block in 0..<reader.blockCount {
                let size = reader.read(block)
                for place in 0..<size where deleted.contains(Int(reader.documents[place])) { count -= 1 }
            }
        }
        if let damage = reader.damage { throw damage }
        let found = count
        counts.withLock { $0[entry.postings.lowerBound] = found }
        return count
    }
}
