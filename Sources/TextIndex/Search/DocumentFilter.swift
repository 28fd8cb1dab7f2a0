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
    /// One bit a document, if few are admitted: then the walk goes by them.
    let bits: AlignedBuffer<UInt64>?
    /// Whom to ask for each document that could be among the best, if many are admitted.
    let lazy: IDBitmap?
    /// Whether no document is admitted.
    let isEmpty: Bool

    init(_ filter: FilterIDs?, _ view: SegmentView) {
        let count = view.segment.documentCount
        guard let filter, count > 0 else {
            (bits, lazy, isEmpty) = (nil, nil, count == 0)
            return
        }
        guard filter.bitmap.count <= count / 4 else {
            (bits, lazy, isEmpty) = (nil, filter.bitmap, false)
            return
        }
        let words = AlignedBuffer<UInt64>(count: (count + 63) / 64)
        isEmpty = Self.mark(filter.ids, view.segment, words) == 0
        (bits, lazy) = (words, nil)
    }

    /// Sets the bit of each document whose id is one of `ids`, both ascending.
    private static func mark(_ ids: [UInt64], _ segment: Segment, _ words: AlignedBuffer<UInt64>) -> Int {
        let count = segment.documentCount
        let (own, lowest, highest) = (segment.ids, segment.ids[0], segment.ids[count - 1])
        let isDense = highest - lowest == UInt64(count - 1)
        let words = words.base
        var (found, document) = (0, 0)
        for id in ids where id >= lowest {
            if id > highest { break }
            if isDense {
                document = Int(id - lowest)
            } else {
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
            }
            words[document / 64] |= 1 << UInt64(document % 64)
            found += 1
        }
        return found
    }
}
