import CVectorKernels
import VectorIndex

/// A group of a query in one segment, as the walk goes on: its terms, and what it can score at most in the
/// window that is being walked.
struct WalkGroup {
    var cursors: UnsafeMutablePointer<mk_cursor>
    var count: Int
    var bound: Int32 = 0
}

/// Finds the best matches of one segment.
///
/// Documents are walked in windows. If all terms together have few postings in a wide window, their scores
/// are added up one term after the other, and only the documents that got any are looked at
/// (``walkSparse(_:into:)``).
///
/// Else by MaxScore (Turtle & Flood, 1995; its windows after Lucene's `MaxScoreBulkScorer`) in windows of
/// ``width``. In each, groups whose greatest possible scores together cannot reach what is needed for a place
/// among the best are not essential: a document that has only these is none. Scores of the essential groups are
/// added up for the whole window; then the others are looked up for those documents alone that can still get
/// there, the group with the greatest bound first.
///
/// Sums wrap: no sum of a sound segment comes near 2³¹ (``QueryPlan``), and one that is not must not end the
/// process.
///
/// Bounds: sums, places and bits are memory of ``SearchMemory``, with room for a window of either width; kernels
/// get ranges that are no wider, and write only to places of documents within.
final class SegmentWalk {
    /// Documents of a window.
    static let width = 4096
    /// Documents of a wide window; the greatest number that 16 bits can count.
    static let wideWidth = 1 << 16
    /// A wide window is sparse if it has at most one posting to so many documents.
    static let sparseness = 6
    /// So many postings are added up in the time of one look.
    static let lookupPrice = 8

    private let view: SegmentView
    private let ids: UnsafePointer<UInt64>
    /// Sorted by bound in each window.
    private let groups: UnsafeMutablePointer<WalkGroup>
    private let groupCount: Int
    private let conditions: Conditions
    private let filter: DocumentFilter
    private let memory: SearchMemory
    private let sums: UnsafeMutablePointer<Int32>
    private let groupSums: UnsafeMutablePointer<Int32>
    /// The documents of the window that are looked at.
    private let places: UnsafeMutablePointer<UInt16>
    /// One bit a document of the window.
    private let mask: UnsafeMutablePointer<UInt64>
    private let kernels = PostingsKernels.best
    /// Where each cursor's postings are.
    private let entries: [TermEntry]
    private let cursors: UnsafeMutablePointer<mk_cursor>

    /// - Parameters:
    ///   - number: of the view in the snapshot.
    ///   - memory: of this walk alone until ``run(into:)`` is done.
    init(
        _ plan: QueryPlan, view number: Int, filter: FilterIDs?, memory: SearchMemory
    ) throws(TextIndexError) {
        let snapshot = plan.snapshot
        let view = snapshot.views[number]
        let segment = view.segment
        memory.scorer.pointee = snapshot.scorer(for: segment)
        let growth = FieldNorms.growth(
            of: segment.header.fields, scoring: snapshot.scoring, means: snapshot.means)
        let terms = plan.groups.reduce(0) { $0 + $1.terms.count }
        let (cursors, blocks) = memory.roomForCursors(max(terms, 1))
        let groups = memory.roomForGroups(max(plan.groups.count, 1))
        var entries: [TermEntry] = []
        entries.reserveCapacity(terms)
        var groupCount = 0
        for group in plan.groups {
            var next = WalkGroup(cursors: cursors + entries.count, count: 0)
            for term in group.terms {
                guard let entry = term.entries[number] else { continue }
                // Bounds: there is room for all terms of the plan.
                let cursor = cursors + entries.count
                try PostingLists.open(
                    &cursor.pointee.list, segment, entry,
                    memory: blocks + entries.count * PostingLists.numbersPerList)
                mk_cursor_start(cursor, memory.scorer, Float(term.strength * plan.unit), growth)
                entries.append(entry)
                next.count += 1
            }
            if next.count == 0 { continue }
            groups[groupCount] = next
            groupCount += 1
        }
        conditions = try Conditions(plan, view: number)
        let postings = entries.reduce(0) { $0 + $1.documentCount }
        self.filter = DocumentFilter(
            filter, view, postings: conditions.needsMask ? .max : postings, memory: memory)
        (self.view, self.entries, self.memory, ids) = (view, entries, memory, segment.ids)
        (self.groups, self.groupCount, self.cursors) = (groups, groupCount, cursors)
        (sums, groupSums) = (memory.sums.base, memory.groupSums.base)
        (places, mask) = (memory.places.base, memory.mask.base)
    }

    /// Puts the segment's matches among the best.
    func run(into top: inout TopMatches) throws(TextIndexError) {
        defer { filter.clear() }
        guard !conditions.isImpossible, !filter.isEmpty else { return }
        let end = UInt32(view.segment.documentCount)
        var base: UInt32 = 0
        while base < end {
            let wide = base..<min(base + UInt32(Self.wideWidth), end)
            if !conditions.needsMask, isSparse(wide) {
                walkSparse(wide, into: &top)
            } else {
                while base < wide.upperBound {
                    let range = base..<min(base + UInt32(Self.width), wide.upperBound)
                    try walk(range, into: &top)
                    base = range.upperBound
                }
            }
            base = wide.upperBound
        }
        for (number, entry) in entries.enumerated() where cursors[number].list.damage != MK_SOUND {
            if let damage = PostingLists.damage(&cursors[number].list, view.segment, entry) { throw damage }
        }
    }

    // MARK: Few postings

    private func isSparse(_ range: Range<UInt32>) -> Bool {
        let most = range.count / Self.sparseness
        var postings = 0
        for number in entries.indices {
            postings += mk_cursor_postings(&cursors[number], range.lowerBound, range.upperBound, most)
            if postings > most { return false }
        }
        return true
    }

    /// Walks a wide window by its postings.
    private func walkSparse(_ range: Range<UInt32>, into top: inout TopMatches) {
        guard setBounds(range) >= top.least else { return }
        let mask: UnsafePointer<UInt64>?
        if view.deleted == nil, let bits = filter.bits {
            mask = UnsafePointer(bits + Int(range.lowerBound) / 64)
        } else {
            mask = view.deleted == nil ? nil : UnsafePointer(self.mask)
            if mask != nil { setMask(range) }
        }
        let sums = memory.wideSums.base
        var found = 0
        for group in 0..<groupCount {
            found = addSparse(groups[group], range, mask, sums, found)
        }
        // Bounds: a place is added for a posting at most, of which there are no more than documents.
        var admitted = found
        if let filter = filter.lazy {
            admitted = 0
            for number in 0..<found {
                let place = places[number]
                if filter.contains(ids[Int(range.lowerBound) + Int(place)]) {
                    places[admitted] = place
                    admitted += 1
                } else {
                    sums[Int(place)] = 0
                }
            }
        }
        raise(&top, admitted, sums)
        for number in 0..<mk_drain(sums, places, admitted, top.least, places) {
            let place = Int(places[number])
            let score = sums[place]
            sums[place] = 0
            if score >= top.least { top.insert(score: score, id: ids[Int(range.lowerBound) + place]) }
        }
    }

    private func addSparse(
        _ group: WalkGroup, _ range: Range<UInt32>, _ mask: UnsafePointer<UInt64>?,
        _ sums: UnsafeMutablePointer<Int32>, _ known: Int
    ) -> Int {
        let (first, end) = (range.lowerBound, range.upperBound)
        guard group.count > 1 else {
            return mk_cursor_add_sparse(group.cursors, first, end, mask, 0, sums, places, known)
        }
        let (best, own) = (memory.wideGroupSums.base, memory.groupPlaces.base)
        var count = 0
        for cursor in 0..<group.count {
            count = mk_cursor_add_sparse(group.cursors + cursor, first, end, mask, 1, best, own, count)
        }
        var found = known
        for number in 0..<count {
            let place = Int(own[number])
            places[found] = own[number]
            if sums[place] == 0 { found += 1 }
            sums[place] &+= best[place]
            best[place] = 0
        }
        return found
    }

    // MARK: Many postings

    private func walk(_ range: Range<UInt32>, into top: inout TopMatches) throws(TextIndexError) {
        let first = range.lowerBound
        let least = top.least
        let total = setBounds(range)
        guard total >= least else { return }
        sortGroups()
        let maskCount = try fillMask(range)
        if maskCount == 0 { return }
        // How many of the least groups together do not suffice.
        var (others, rest) = (0, Int32(0))
        while others < groupCount, rest &+ groups[others].bound < least {
            rest &+= groups[others].bound
            others += 1
        }
        let count: Int
        if let maskCount, maskCount <= Self.width / 32 || groupCount == 0 {
            // So few that each is looked up.
            (others, rest) = (groupCount, total)
            count = collectMask()
            for place in 0..<count { sums[Int(places[place])] = 0 }
        } else {
            let padded = (range.count + 7) & ~7
            sums.update(repeating: 0, count: padded)
            for number in others..<groupCount where groups[number].bound > 0 {
                let group = groups[number]
                add(group, range, masked: maskCount != nil, needed: least &- (total &- group.bound))
            }
            count = kernels.collect(sums, padded, max(1, least &- rest), places)
        }
        var found = admit(count, first)
        for number in (0..<others).reversed() where groups[number].bound > 0 {
            guard found > 0 else { return }
            let group = groups[number]
            rest &-= group.bound
            if isCheaperToAdd(group, range, found) {
                // What it adds to documents that are looked at no longer does no harm.
                add(group, range, masked: maskCount != nil, needed: 0)
                found = mk_keep(sums, places, found, least &- rest)
            } else {
                found = mk_cursors_look(
                    group.cursors, group.count, first, least &- rest, sums, places, found)
            }
        }
        try take(found, first, into: &top)
    }

    /// Whether to add up all of a group's scores takes no longer than to look up those of some documents.
    private func isCheaperToAdd(_ group: WalkGroup, _ range: Range<UInt32>, _ found: Int) -> Bool {
        let most = Self.lookupPrice * found
        var postings = 0
        for cursor in 0..<group.count {
            postings += mk_cursor_postings(
                group.cursors + cursor, range.lowerBound, range.upperBound, most)
            if postings > most { return false }
        }
        return true
    }

    /// Asks each group for the most that it can score.
    ///
    /// - Returns: their sum.
    private func setBounds(_ range: Range<UInt32>) -> Int32 {
        let (first, end) = (range.lowerBound, range.upperBound)
        var total: Int32 = 0
        for number in 0..<groupCount {
            let group = groups[number]
            var bound: Int32 = 0
            for cursor in 0..<group.count {
                bound = max(bound, mk_cursor_bound(group.cursors + cursor, first, end))
            }
            groups[number].bound = bound
            total &+= bound
        }
        return total
    }

    /// Brings the groups into ascending order of their bounds: hardly changed from window to window.
    private func sortGroups() {
        guard groupCount > 1 else { return }
        for number in 1..<groupCount {
            let group = groups[number]
            var free = number
            while free > 0, groups[free - 1].bound > group.bound {
                groups[free] = groups[free - 1]
                free -= 1
            }
            groups[free] = group
        }
    }

    /// Puts those that are found, and are matches, among the best.
    private func take(
        _ found: Int, _ base: UInt32, into top: inout TopMatches
    ) throws(TextIndexError) {
        if !conditions.hasPhrases { raise(&top, found, sums) }
        for place in 0..<found {
            let offset = Int(places[place])
            let score = sums[offset]
            guard score >= top.least else { continue }
            let document = base + UInt32(offset)
            guard try conditions.phrasesMatch(document) else { continue }
            top.insert(score: score, id: ids[Int(document)])
        }
    }

    /// Lets the places, all of which are matches, say what is needed, if they are so many that most would get in
    /// only to be put out again.
    private func raise(_ top: inout TopMatches, _ found: Int, _ sums: UnsafeMutablePointer<Int32>) {
        guard found > 2 * top.capacity else { return }
        top.raise(to: mk_floor_of_best(sums, places, found, top.capacity))
    }

    /// Adds a group's scores: of several variants the best.
    private func add(_ group: WalkGroup, _ range: Range<UInt32>, masked: Bool, needed: Int32) {
        let mask = masked ? UnsafePointer(mask) : nil
        let (first, end) = (range.lowerBound, range.upperBound)
        guard group.count > 1 else {
            mk_cursor_add(group.cursors, first, end, mask, 0, needed, sums)
            return
        }
        groupSums.update(repeating: 0, count: Self.width)
        for cursor in 0..<group.count {
            mk_cursor_add(group.cursors + cursor, first, end, mask, 1, needed, groupSums)
        }
        for place in 0..<range.count { sums[place] &+= groupSums[place] }
    }

    /// Keeps those of the collected that an unmasked filter admits.
    private func admit(_ count: Int, _ base: UInt32) -> Int {
        guard let filter = filter.lazy else { return count }
        var kept = 0
        for place in 0..<count {
            let offset = places[place]
            places[kept] = offset
            if filter.contains(ids[Int(base) + Int(offset)]) { kept += 1 }
        }
        return kept
    }

    // MARK: Masks

    /// Sets the bits of the documents that can be matches.
    ///
    /// - Returns: how many they are; `nil` if all of them can be, and no bit was set.
    private func fillMask(_ range: Range<UInt32>) throws(TextIndexError) -> Int? {
        guard view.deleted != nil || filter.bits != nil || conditions.needsMask else { return nil }
        setMask(range)
        if conditions.needsMask { try conditions.restrict(mask, to: range) }
        var count = 0
        for word in 0..<(range.count + 63) / 64 { count += mask[word].nonzeroBitCount }
        return count
    }

    /// Sets the bits of the documents that are there and admitted.
    private func setMask(_ range: Range<UInt32>) {
        let first = Int(range.lowerBound) / 64
        let wordCount = (range.count + 63) / 64
        for word in 0..<wordCount { mask[word] = filter.bits?[first + word] ?? .max }
        if let deleted = view.deleted {
            deleted.words.withUnsafeBufferPointer { words in
                for word in 0..<wordCount { mask[word] &= ~words[first + word] }
            }
        }
        if wordCount < Self.width / 64 {
            for word in wordCount..<Self.width / 64 { mask[word] = 0 }
        }
        if range.count % 64 > 0 { mask[wordCount - 1] &= 1 << UInt64(range.count % 64) - 1 }
    }

    private func collectMask() -> Int {
        var count = 0
        for word in 0..<Self.width / 64 {
            var bits = mask[word]
            while bits != 0 {
                places[count] = UInt16(word * 64 + bits.trailingZeroBitCount)
                count += 1
                bits &= bits - 1
            }
        }
        return count
    }
}
