import CVectorKernels
import VectorIndex

/// Finds the best matches of one segment.
///
/// MaxScore (Turtle & Flood, 1995; its windows after Lucene's `MaxScoreBulkScorer`): documents are walked in
/// windows of ``width``. In each, groups whose greatest possible scores together cannot reach what is needed
/// for a place among the best are not essential: a document that has only these is none. Scores of the
/// essential groups are added up for the whole window; then the others are looked up for those documents
/// alone that can still get there, the group with the greatest bound first.
///
/// Sums wrap: no sum of a sound segment comes near 2³¹ (``QueryPlan``), and one that is not must not end the
/// process.
final class SegmentWalk {
    /// Documents of a window.
    static let width = 4096

    private let view: SegmentView
    private let groups: [[TermCursor]]
    /// Of each group, the most that it can score in the window.
    private var bounds: [Int32]
    /// The groups by ascending bounds.
    private var order: [Int]
    private let conditions: Conditions
    private let filter: DocumentFilter
    private let buffers: WindowBuffers
    /// Of each document of the window, its score as far as it is known.
    private let sums: UnsafeMutablePointer<Int32>
    /// The same for one group of several variants.
    private let groupSums: UnsafeMutablePointer<Int32>
    /// The documents of the window that are looked at.
    private let places: UnsafeMutablePointer<UInt16>
    /// One bit a document of the window.
    private let mask: UnsafeMutablePointer<UInt64>
    private let scorer: AlignedScorer
    private let kernels = mk_postings_best().pointee

    /// - Parameter number: of the view in the snapshot.
    init(_ plan: QueryPlan, view number: Int, filter: FilterIDs?) throws(TextIndexError) {
        let snapshot = plan.snapshot
        view = snapshot.views[number]
        scorer = AlignedScorer(snapshot.scorer(for: view.segment))
        let growth = FieldNorms.growth(
            of: view.segment.header.fields, scoring: snapshot.scoring, means: snapshot.means)
        var groups: [[TermCursor]] = []
        for group in plan.groups {
            var cursors: [TermCursor] = []
            for term in group.terms {
                guard let entry = term.entries[number] else { continue }
                let reader = try PostingReader(view.segment, entry)
                cursors.append(
                    TermCursor(
                        reader, weight: Float(term.strength * plan.unit), scorer: scorer.pointer,
                        growth: growth))
            }
            groups.append(cursors)
        }
        self.groups = groups.filter { !$0.isEmpty }
        bounds = [Int32](repeating: 0, count: self.groups.count)
        order = Array(self.groups.indices)
        buffers = WindowBuffers()
        sums = buffers.sums.base
        groupSums = buffers.groupSums.base
        places = buffers.places.base
        mask = buffers.mask.base
        conditions = try Conditions(plan, view: number)
        self.filter = DocumentFilter(filter, view)
    }

    /// Puts the segment's matches among the best.
    func run(into top: inout TopMatches) throws(TextIndexError) {
        guard !conditions.isImpossible, !filter.isEmpty else { return }
        let end = UInt32(view.segment.documentCount)
        var base: UInt32 = 0
        while base < end {
            let range = base..<min(base + UInt32(Self.width), end)
            try walk(range, into: &top)
            base = range.upperBound
        }
        for cursor in groups.joined() { if let damage = cursor.reader.damage { throw damage } }
    }

    private func walk(_ range: Range<UInt32>, into top: inout TopMatches) throws(TextIndexError) {
        let least = top.least
        var total: Int32 = 0
        for number in groups.indices {
            bounds[number] = 0
            for cursor in groups[number] { bounds[number] = max(bounds[number], cursor.bound(in: range)) }
            total &+= bounds[number]
        }
        guard total >= least else { return }
        sortGroups()
        let maskCount = try fillMask(range)
        if maskCount == 0 { return }
        // How many of the least groups together do not suffice.
        var (others, rest) = (0, Int32(0))
        while others < groups.count, rest &+ bounds[order[others]] < least {
            rest &+= bounds[order[others]]
            others += 1
        }
        let count: Int
        if let maskCount, maskCount <= Self.width / 32 || groups.isEmpty {
            // So few that each is looked up.
            (others, rest) = (groups.count, total)
            count = collectMask()
            for place in 0..<count { sums[Int(places[place])] = 0 }
        } else {
            sums.update(repeating: 0, count: (range.count + 7) & ~7)
            for place in others..<groups.count where bounds[order[place]] > 0 {
                add(
                    groups[order[place]], in: range, masked: maskCount != nil,
                    needed: least &- (total &- bounds[order[place]]))
            }
            count = kernels.collect(sums, (range.count + 7) & ~7, max(1, least &- rest), places)
        }
        var found = admit(count, range.lowerBound)
        for place in (0..<others).reversed() where bounds[order[place]] > 0 {
            guard found > 0 else { return }
            rest &-= bounds[order[place]]
            found = look(groups[order[place]], found, range.lowerBound, needed: least &- rest)
        }
        try take(found, range.lowerBound, into: &top)
    }

    /// Brings the groups into ascending order of their bounds: hardly changed from window to window.
    private func sortGroups() {
        for place in order.indices.dropFirst() {
            let group = order[place]
            var free = place
            while free > 0, bounds[order[free - 1]] > bounds[group] {
                order[free] = order[free - 1]
                free -= 1
            }
            order[free] = group
        }
    }

    /// Puts those that are found, and are matches, among the best.
    private func take(
        _ found: Int, _ base: UInt32, into top: inout TopMatches
    ) throws(TextIndexError) {
        for place in 0..<found {
            let offset = places[place]
            let score = sums[Int(offset)]
            guard score >= top.least else { continue }
            let document = base + UInt32(offset)
            guard try conditions.phrasesMatch(document) else { continue }
            top.insert(score: score, id: view.segment.ids[Int(document)])
        }
    }

    /// Adds a group's scores: of several variants the best.
    private func add(_ group: [TermCursor], in range: Range<UInt32>, masked: Bool, needed: Int32) {
        let mask = masked ? UnsafePointer(mask) : nil
        guard group.count > 1 else {
            group[0].addScores(in: range, mask: mask, keepsBest: false, needed: needed, to: sums)
            return
        }
        groupSums.update(repeating: 0, count: Self.width)
        for cursor in group {
            cursor.addScores(in: range, mask: mask, keepsBest: true, needed: needed, to: groupSums)
        }
        for place in 0..<range.count { sums[place] &+= groupSums[place] }
    }

    /// Adds a group's scores to those found, and keeps those that have at least what is needed without the
    /// groups still to come.
    private func look(
        _ group: [TermCursor], _ found: Int, _ base: UInt32, needed least: Int32
    ) -> Int {
        var kept = 0
        // The usual case, without a list to go through for each document.
        let only = group.count == 1 ? group[0] : nil
        for place in 0..<found {
            let offset = places[place]
            let sum = sums[Int(offset)]
            let needed = least &- sum
            if let only {
                let score = only.score(base + UInt32(offset), needed: needed)
                guard score >= needed else { continue }
                sums[Int(offset)] = sum &+ score
                places[kept] = offset
                kept += 1
                continue
            }
            var score: Int32 = 0
            for cursor in group {
                score = max(score, cursor.score(base + UInt32(offset), needed: max(needed, score)))
            }
            guard score >= needed else { continue }
            sums[Int(offset)] = sum &+ score
            places[kept] = offset
            kept += 1
        }
        return kept
    }

    /// Keeps those of the collected that an unmasked filter admits.
    private func admit(_ count: Int, _ base: UInt32) -> Int {
        guard let ids = filter.lazy else { return count }
        var kept = 0
        for place in 0..<count {
            let offset = places[place]
            places[kept] = offset
            if ids.contains(view.segment.ids[Int(base) + Int(offset)]) { kept += 1 }
        }
        return kept
    }

    /// Sets the bits of the documents that can be matches.
    ///
    /// - Returns: how many they are; `nil` if all of them can be, and no bit was set.
    private func fillMask(_ range: Range<UInt32>) throws(TextIndexError) -> Int? {
        guard view.deleted != nil || filter.bits != nil || conditions.needsMask else { return nil }
        let first = Int(range.lowerBound) / 64
        let wordCount = (range.count + 63) / 64
        for word in 0..<wordCount {
            var bits = filter.bits?.base[first + word] ?? .max
            if let deleted = view.deleted { bits &= ~deleted.words[first + word] }
            mask[word] = bits
        }
        for word in wordCount..<Self.width / 64 { mask[word] = 0 }
        if range.count % 64 > 0 { mask[wordCount - 1] &= 1 << UInt64(range.count % 64) - 1 }
        if conditions.needsMask { try conditions.restrict(mask, to: range) }
        return (0..<wordCount).reduce(0) { $0 + mask[$1].nonzeroBitCount }
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

/// What a walk needs for one window.
private final class WindowBuffers {
    let sums = AlignedBuffer<Int32>(count: SegmentWalk.width)
    let groupSums = AlignedBuffer<Int32>(count: SegmentWalk.width)
    let places = AlignedBuffer<UInt16>(count: SegmentWalk.width + 8)
    let mask = AlignedBuffer<UInt64>(count: SegmentWalk.width / 64)
}

/// A scorer at an address that does not change.
final class AlignedScorer {
    let pointer: UnsafePointer<mk_scorer>
    private let memory: UnsafeMutablePointer<mk_scorer>

    init(_ scorer: mk_scorer) {
        memory = .allocate(capacity: 1)
        memory.initialize(to: scorer)
        pointer = UnsafePointer(memory)
    }

    deinit {
        memory.deallocate()
    }
}
