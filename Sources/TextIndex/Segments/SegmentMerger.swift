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
        var isLeft: [Bool] = []
        for number in walks.indices { isLeft.append(try walks[number].next()) }
        var term = MergedTerm()
        while let first = Self.first(walks, isLeft) {
            let key = walks[first].key
            term.removeAll()
            for number in walks.indices where isLeft[number] && walks[number].key == key {
                try term.add(
                    walks[number].entry, of: views[number].segment, numbers: numbers[number],
                    patterns: patternNumbers[number])
                isLeft[number] = try walks[number].next()
            }
            if !isOrdered { term.sort(patterns.totals) }
            if !term.documents.isEmpty {
                writer.add(
                    key: key, documents: term.documents[...], patterns: term.patterns[...],
                    gaps: term.gaps[...])
            }
        }
        return writer.finish(number: number)
    }

    /// The walk that is at the least key.
    private static func first(_ walks: [DictionaryWalk], _ isLeft: [Bool]) -> Int? {
        var first: Int?
        for number in walks.indices where isLeft[number] {
            if let known = first, walks[number].order(against: walks[known].key) >= 0 { continue }
            first = number
        }
        return first
    }
}

/// The postings of one term, from several segments.
private struct MergedTerm {
    private(set) var documents: [UInt32] = []
    private(set) var patterns: [UInt32] = []
    private(set) var gaps: [UInt32] = []

    mutating func removeAll() {
        documents.removeAll(keepingCapacity: true)
        patterns.removeAll(keepingCapacity: true)
        gaps.removeAll(keepingCapacity: true)
    }

    /// Adds what a segment has, without deleted documents.
    mutating func add(
        _ entry: TermEntry, of segment: Segment, numbers: [UInt32], patterns renumbered: [UInt32]
    ) throws(TextIndexError) {
        let reader = try PostingReader(segment, entry)
        let positions = try PositionReader(reader)
        for block in 0..<reader.blockCount {
            let size = reader.read(block)
            let row = try positions.gaps()
            if let damage = reader.damage { throw damage }
            var next = 0
            for place in 0..<size {
                let pattern = Int(reader.patterns[place])
                let count = Int(segment.patterns.totals[pattern])
                let document = numbers[Int(reader.documents[place])]
                if document != .max {
                    documents.append(document)
                    patterns.append(renumbered[pattern])
                    if count == 1 {
                        gaps.append(row[next])
                    } else if count > 1 {
                        gaps += row[next..<next + count]
                    }
                }
                next += count
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
