import CVectorKernels
import VectorIndex

/// Makes one segment of several: their documents that are there, numbered anew by id, and their terms.
struct SegmentMerger {
    private let views: [SegmentView]
    private let scoring: TextScoring
    private let means: [Double]
    private var ids: [UInt64] = []
    /// Of each view, the new number of each document; `UInt32.max` for deleted ones.
    private var numbers: [[UInt32]] = []
    private var lengths: [[UInt16]] = []
    private let patterns: PatternTable
    /// Of each view, the new number of each pattern.
    private let patternNumbers: [[UInt32]]
    /// Whether all documents of a view come before all of the next.
    private let isOrdered: Bool

    /// - Parameter means: the mean lengths to make bounds for.
    init(_ views: [SegmentView], scoring: TextScoring, means: [Double]) throws(TextIndexError) {
        let views = views.filter { $0.liveCount > 0 }.sorted { $0.segment.ids[0] < $1.segment.ids[0] }
        (self.views, self.scoring, self.means) = (views, scoring, means)
        (patterns, patternNumbers) = Self.patterns(of: views, fieldCount: scoring.fields.count)
        isOrdered = zip(views, views.dropFirst()).allSatisfy { left, right in
            left.segment.ids[left.segment.documentCount - 1] < right.segment.ids[0]
        }
        numberDocuments()
    }

    private static func patterns(
        of views: [SegmentView], fieldCount: Int
    ) -> (table: PatternTable, numbers: [[UInt32]]) {
        var table = PatternTable(fieldCount: fieldCount)
        var numbers: [[UInt32]] = []
        for view in views {
            let columns = view.segment.patterns
            let start = view.segment.base + view.segment.header[.patterns].lowerBound
            numbers.append(
                (0..<columns.count).map { pattern in
                    let frequencies = (0..<fieldCount).map {
                        UInt16(columns.frequencies[pattern * fieldCount + $0])
                    }
                    // Bounds: the section begins with 4 bytes a pattern.
                    let count = start.loadUnaligned(fromByteOffset: 4 * pattern, as: UInt32.self)
                    return table.number(of: frequencies, postings: count)
                })
        }
        let (sorted, renumbered) = table.sorted()
        return (sorted, numbers.map { $0.map { renumbered[Int($0)] } })
    }

    private mutating func numberDocuments() {
        var documents: [(id: UInt64, view: Int, document: Int)] = []
        documents.reserveCapacity(views.reduce(0) { $0 + $1.liveCount })
        for (number, view) in views.enumerated() {
            for document in 0..<view.segment.documentCount
            where view.deleted?.contains(document) != true {
                documents.append((view.segment.ids[document], number, document))
            }
        }
        if !isOrdered { documents.sort { $0.id < $1.id } }
        numbers = views.map { [UInt32](repeating: .max, count: $0.segment.documentCount) }
        for (number, (_, view, document)) in documents.enumerated() {
            numbers[view][document] = UInt32(number)
        }
        ids = documents.map(\.id)
        lengths = scoring.fields.indices.map { field in
            let columns = views.map { $0.segment.lengths(of: field) }
            return documents.map { columns[$0.view][$0.document] }
        }
    }

    /// The merged segment.
    ///
    /// - Throws: if any part of the old ones is damaged: what is written anew gets new checksums, which must not
    ///   make damage look sound.
    consuming func image(number: UInt64) throws(TextIndexError) -> SegmentImage {
        for view in views { try view.segment.ledger?.verifyAll() }
        var writer = SegmentWriter(
            ids: ids, lengths: lengths, patterns: patterns, scoring: scoring, means: means)
        var walks = views.map { DictionaryWalk($0.segment) }
        try walks.withUnsafeMutableBufferPointer { walks throws(TextIndexError) in
            try merge(walks, into: &writer)
        }
        return writer.finish(number: number)
    }

    /// - Parameter walks: lent, so that no key is copied to be looked at.
    private func merge(
        _ walks: UnsafeMutableBufferPointer<DictionaryWalk>, into writer: inout SegmentWriter
    ) throws(TextIndexError) {
        // Those that have terms left, by their keys.
        var order: [Int] = []
        for number in walks.indices where try walks[number].next() {
            Self.insert(number, into: &order, walks)
        }
        var term = MergedTerm()
        var key: [UInt8] = []
        while let first = order.first {
            key.removeAll(keepingCapacity: true)
            key.append(contentsOf: walks[first].key)
            term.removeAll()
            // Of equal keys the earlier view is first.
            while let number = order.first, walks[number].order(against: key) == 0 {
                try term.add(
                    walks[number].entry, of: views[number].segment, numbers: numbers[number],
                    patterns: patternNumbers[number])
                order.removeFirst()
                if try walks[number].next() { Self.insert(number, into: &order, walks) }
            }
            if !isOrdered { term.sort(patterns.totals) }
            term.write(key, to: &writer)
        }
    }

    /// Puts a walk behind those whose keys are before its own, and behind earlier ones at the same key.
    private static func insert(
        _ number: Int, into order: inout [Int], _ walks: UnsafeMutableBufferPointer<DictionaryWalk>
    ) {
        var (low, high) = (0, order.count)
        while low < high {
            let middle = (low + high) / 2
            let comparison = walks[number].order(against: walks[order[middle]].key)
            if comparison > 0 || comparison == 0 && number > order[middle] {
                low = middle + 1
            } else {
                high = middle
            }
        }
        order.insert(number, at: low)
    }
}

/// The postings of one term, from several segments.
private struct MergedTerm {
    private(set) var documents: [UInt32] = []
    private(set) var patterns: [UInt32] = []
    private(set) var gaps: [UInt32] = []
    private let reader = ReusedReader()

    mutating func removeAll() {
        documents.removeAll(keepingCapacity: true)
        patterns.removeAll(keepingCapacity: true)
        gaps.removeAll(keepingCapacity: true)
    }

    /// Adds what a segment has, without deleted documents.
    mutating func add(
        _ entry: TermEntry, of segment: Segment, numbers: [UInt32], patterns renumbered: [UInt32]
    ) throws(TextIndexError) {
        let list = reader.list
        try PostingLists.open(list, segment, entry, memory: reader.buffer.base)
        let positions = try PositionRows(segment, entry)
        let totals = segment.patterns.totals
        for block in 0..<list.pointee.block_count {
            let size = Int(mk_list_read(list, block))
            mk_list_read_patterns(list)
            if let damage = PostingLists.damage(list, segment, entry) { throw damage }
            let (codes, found) = (list.pointee.patterns, list.pointee.documents)
            var count = 0
            for place in 0..<size { count += Int(totals[Int(codes[place])]) }
            let offset = Int(mk_list_head(list, block).positions_offset)
            let start = gaps.count
            try positions.append(0..<count, from: offset, to: &gaps)
            // Read to where they belong; what belongs to deleted documents is closed up.
            var (next, kept) = (start, start)
            for place in 0..<size {
                let pattern = Int(codes[place])
                let end = next + Int(totals[pattern])
                let document = numbers[Int(found[place])]
                if document == .max {
                    next = end
                    continue
                }
                documents.append(document)
                patterns.append(renumbered[pattern])
                if kept == next {
                    (next, kept) = (end, end)
                    continue
                }
                while next < end {
                    gaps[kept] = gaps[next]
                    (next, kept) = (next + 1, kept + 1)
                }
            }
            gaps.removeLast(gaps.count - kept)
        }
    }

    /// Gives the term to a writer, if any document has it.
    func write(_ key: [UInt8], to writer: inout SegmentWriter) {
        if documents.isEmpty { return }
        key.withUnsafeBufferPointer { key in
            documents.withUnsafeBufferPointer { documents in
                patterns.withUnsafeBufferPointer { patterns in
                    gaps.withUnsafeBufferPointer { gaps in
                        writer.add(key: key, documents: documents, patterns: patterns, gaps: gaps)
                    }
                }
            }
        }
    }

    /// Brings the documents into ascending order.
    ///
    /// - Parameter totals: of each pattern, its positions.
    mutating func sort(_ totals: [UInt32]) {
        guard zip(documents, documents.dropFirst()).contains(where: { $0 > $1 }) else { return }
        var starts: [Int] = []
        var next = 0
        for pattern in patterns {
            starts.append(next)
            next += Int(totals[Int(pattern)])
        }
        let order = documents.indices.sorted { documents[$0] < documents[$1] }
        var sortedGaps: [UInt32] = []
        sortedGaps.reserveCapacity(gaps.count)
        for place in order {
            sortedGaps += gaps[starts[place]..<starts[place] + Int(totals[Int(patterns[place])])]
        }
        (documents, patterns) = (order.map { documents[$0] }, order.map { patterns[$0] })
        gaps = sortedGaps
    }
}

/// What reads one posting list after the other.
private final class ReusedReader {
    let list = UnsafeMutablePointer<mk_list>.allocate(capacity: 1)
    let buffer = AlignedBuffer<UInt32>(count: PostingLists.numbersPerList)

    deinit { list.deallocate() }
}
