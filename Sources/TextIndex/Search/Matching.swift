import VectorIndex

/// All documents of one segment that match a query, whatever their score.
struct MatchingDocuments {
    /// One bit a document.
    let words: AlignedBuffer<UInt64>
    let count: Int

    init(
        _ plan: QueryPlan, view number: Int, filter: FilterIDs?, memory: SearchMemory
    ) throws(TextIndexError) {
        let view = plan.snapshot.views[number]
        words = AlignedBuffer(count: (view.segment.documentCount + 63) / 64)
        let conditions = try Conditions(plan, view: number, countsGroups: true)
        let filter = DocumentFilter(filter, view, postings: .max, memory: memory)
        defer { filter.clear() }
        guard !conditions.isImpossible, !filter.isEmpty else {
            count = 0
            return
        }
        let end = UInt32(view.segment.documentCount)
        let all = words.base
        var (base, found): (UInt32, Int) = (0, 0)
        while base < end {
            let range = base..<min(base + UInt32(SegmentWalk.width), end)
            let first = Int(base) / 64
            for word in first..<first + (range.count + 63) / 64 {
                all[word] = filter.bits?[word] ?? .max
                if let deleted = view.deleted { all[word] &= ~deleted.words[word] }
            }
            if range.count % 64 > 0 {
                all[first + range.count / 64] &= 1 << UInt64(range.count % 64) - 1
            }
            try conditions.restrict(all + first, to: range)
            for word in first..<first + (range.count + 63) / 64 {
                var bits = all[word]
                while bits != 0 {
                    let document = UInt32(word * 64 + bits.trailingZeroBitCount)
                    let isAdmitted = filter.lazy?.contains(view.segment.ids[Int(document)]) ?? true
                    if isAdmitted, try conditions.phrasesMatch(document) {
                        found += 1
                    } else {
                        all[word] &= ~(1 << UInt64(document % 64))
                    }
                    bits &= bits - 1
                }
            }
            base = range.upperBound
        }
        count = found
    }

    /// How many of them a term has.
    func count(of entry: TermEntry, in segment: Segment) throws(TextIndexError) -> Int {
        let reader = try PostingReader(segment, entry)
        let all = words.base
        var count = 0
        for block in 0..<reader.blockCount {
            let size = reader.read(block)
            for place in 0..<size {
                let document = Int(reader.documents[place])
                count += Int(all[document / 64] >> UInt64(document % 64) & 1)
            }
        }
        if let damage = reader.damage { throw damage }
        return count
    }
}
