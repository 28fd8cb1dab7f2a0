import VectorIndex

/// The ids that a search may return, listed if any segment needs them listed.
final class FilterIDs {
    let bitmap: IDBitmap
    /// Ascending.
    private(set) lazy var ids = bitmap.ids()

    init(_ bitmap: IDBitmap) {
        self.bitmap = bitmap
    }
}

/// Which documents of a segment a search may return.
struct DocumentFilter {
    /// One bit a document, if few are admitted: then the walk goes by them. In memory of the search's.
    let bits: UnsafeMutablePointer<UInt64>?
    /// Whom to ask for each document that could be among the best.
    let lazy: IDBitmap?
    /// Whether no document is admitted.
    let isEmpty: Bool
    /// Words of ``bits``.
    private let wordCount: Int

    /// - Parameter postings: of all terms of the query in the segment: no more documents than that are asked for
    ///   if nothing is marked.
    init(_ filter: FilterIDs?, _ view: SegmentView, postings: Int, memory: SearchMemory) {
        let count = view.segment.documentCount
        wordCount = (count + 63) / 64
        guard let filter, count > 0 else {
            (bits, lazy, isEmpty) = (nil, nil, count == 0)
            return
        }
        let (segment, bitmap) = (view.segment, filter.bitmap)
        let (lowest, highest) = (segment.ids[0], segment.ids[count - 1])
        let isDense = highest - lowest == UInt64(count - 1)
        // To mark an id costs a bit, or a search among the ids; to ask for one a look into the filter.
        let price = isDense ? bitmap.count / 2 : bitmap.count * 4
        guard bitmap.count <= count / 4, price <= postings else {
            (bits, lazy, isEmpty) = (nil, bitmap, bitmap.isEmpty)
            return
        }
        memory.makeFilterBits(documents: count)
        let words = memory.filterBits.base
        bits = words
        lazy = nil
        if isDense {
            var found = false
            bitmap.forEach { id in
                guard id >= lowest, id <= highest else { return }
                let document = Int(id - lowest)
                words[document / 64] |= 1 << UInt64(document % 64)
                found = true
            }
            isEmpty = !found
        } else {
            isEmpty = Self.mark(filter.ids, segment, words) == 0
        }
    }

    /// Leaves the memory as it was.
    func clear() { bits?.update(repeating: 0, count: wordCount) }

    /// Sets the bit of each document whose id is one of `ids`, both ascending.
    private static func mark(
        _ ids: [UInt64], _ segment: Segment, _ words: UnsafeMutablePointer<UInt64>
    ) -> Int {
        let count = segment.documentCount
        let (own, lowest, highest) = (segment.ids, segment.ids[0], segment.ids[count - 1])
        var (found, document) = (0, 0)
        for id in ids where id >= lowest {
            if id > highest { break }
            // In leaps that double, then by halves.
            var leap = 1
            while document + leap < count, own[document + leap] < id { leap *= 2 }
            var (low, high) = (document + leap / 2, min(document + leap, count - 1))
            while low < high {
                let middle = (low + high) / 2
                if own[middle] < id { low = middle + 1 } else { high = middle }
            }
            document = low
            guard own[document] == id else { continue }
            words[document / 64] |= 1 << UInt64(document % 64)
            found += 1
        }
        return found
    }
}
