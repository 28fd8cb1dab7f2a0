import VectorIndex

/// Makes a segment of documents.
///
/// Every occurrence becomes a row (term, document and field, position); a counting sort brings the rows of a
/// term together, in which they stay in the order of documents and fields.
struct SegmentBuilder {
    private let scoring: TextScoring
    private let means: [Double]?
    private let fieldCount: Int
    private var table = TermTable()
    private var rowTerms: [UInt32] = []
    /// Document and field.
    private var rowPlaces: [UInt64] = []
    private var rowPositions: [UInt32] = []
    private var ids: [UInt64] = []
    private var lengths: [[UInt16]]

    /// Whether further documents should go into another segment: the rows take memory.
    var isFull: Bool { rowTerms.count > 4_000_000 || ids.count >= 1 << 20 }

    static let textTag: UInt8 = 1
    static let facetTag: UInt8 = 0

    /// - Parameter means: the mean lengths to make bounds for; `nil` takes the documents' own.
    init(scoring: TextScoring, means: [Double]? = nil) {
        (self.scoring, self.means, fieldCount) = (scoring, means, scoring.fields.count)
        lengths = [[UInt16]](repeating: [], count: fieldCount)
    }

    /// Makes segments of checked documents with distinct ids.
    static func images(of documents: [TextDocument], scoring: TextScoring) -> [SegmentImage] {
        var images: [SegmentImage] = []
        var builder = SegmentBuilder(scoring: scoring)
        let order = documents.indices.sorted { documents[$0].id < documents[$1].id }
        for place in order {
            if builder.isFull {
                images.append(builder.finish())
                builder = SegmentBuilder(scoring: scoring)
            }
            builder.add(documents[place])
        }
        if !builder.ids.isEmpty { images.append(builder.finish()) }
        return images
    }

    /// Adds a document, whose id is larger than all before.
    mutating func add(_ document: TextDocument) {
        let number = UInt64(ids.count)
        ids.append(document.id)
        for (field, content) in document.fields.enumerated() {
            // Checked before: at most ``TextDocument/lengthLimit``.
            lengths[field].append(UInt16(content.length))
            for occurrence in content.occurrences {
                addRow(
                    tag: Self.textTag, occurrence.term, place: number << 4 | UInt64(field),
                    position: occurrence.position)
            }
        }
        for facet in document.facets {
            addRow(
                tag: Self.facetTag, TermKey.facetName(facet), place: number << 4 | TermKey.noField,
                position: 0)
        }
    }

    private mutating func addRow(tag: UInt8, _ name: String, place: UInt64, position: UInt32) {
        var name = name
        name.withUTF8 { rowTerms.append(table.number(tag: tag, $0)) }
        rowPlaces.append(place)
        rowPositions.append(position)
    }

    /// The segment.
    consuming func finish() -> SegmentImage {
        let (starts, places, positions) = sortedRows()
        var groups = PostingGroups(fieldCount: fieldCount, rowCount: places.count)
        places.withUnsafeBufferPointer { places in
            positions.withUnsafeBufferPointer { positions in
                for term in 0..<table.count {
                    let rows = starts[term]..<starts[term + 1]
                    groups.add(
                        UnsafeBufferPointer(rebasing: places[rows]),
                        UnsafeBufferPointer(rebasing: positions[rows]))
                }
            }
        }
        let (patterns, numbers) = groups.patterns.sorted()
        groups.renumber(numbers)
        let count = Double(max(ids.count, 1))
        let own = lengths.map { max(Double($0.reduce(0) { $0 + UInt64($1) }) / count, 1 / count) }
        var writer = SegmentWriter(
            ids: ids, lengths: lengths, patterns: patterns, scoring: scoring, means: means ?? own)
        let order = table.sorted()
        table.bytes.withUnsafeBufferPointer { keys in
            groups.withPostings { documents, codes, gaps in
                for term in order {
                    let postings = groups.postings(term)
                    // Bounds: every range is one that the table or the groups gave.
                    writer.add(
                        key: UnsafeBufferPointer(rebasing: keys[table.range(term)]),
                        documents: UnsafeBufferPointer(rebasing: documents[postings]),
                        patterns: UnsafeBufferPointer(rebasing: codes[postings]),
                        gaps: UnsafeBufferPointer(rebasing: gaps[groups.gaps(term)]))
                }
            }
        }
        return writer.finish(number: 0)
    }

    /// The rows by term, in their old order within one.
    private func sortedRows() -> (starts: [Int], places: [UInt64], positions: [UInt32]) {
        var starts = [Int](repeating: 0, count: table.count + 1)
        for term in rowTerms { starts[Int(term) + 1] += 1 }
        for term in 0..<table.count { starts[term + 1] += starts[term] }
        var next = starts
        var places = [UInt64](repeating: 0, count: rowTerms.count)
        var positions = [UInt32](repeating: 0, count: rowTerms.count)
        for row in rowTerms.indices {
            let term = Int(rowTerms[row])
            let target = next[term]
            next[term] = target + 1
            places[target] = rowPlaces[row]
            positions[target] = rowPositions[row]
        }
        return (starts, places, positions)
    }
}

/// Keys of the dictionary.
enum TermKey {
    /// In the place of a field's number: a facet, which stands nowhere.
    static let noField: UInt64 = 15

    static func text(_ term: String) -> [UInt8] { [SegmentBuilder.textTag] + term.utf8 }

    /// What all values of a facet's field begin with.
    static func facets(of field: String) -> [UInt8] {
        [SegmentBuilder.facetTag, UInt8(truncatingIfNeeded: field.utf8.count)] + field.utf8
    }

    /// A facet's key without its tag. The length is a scalar below 256, which as UTF-8 may take two bytes, so
    /// it is written as such a byte only below 128: names are at most 127 bytes.
    static func facetName(_ facet: TextFacet) -> String {
        let length = Character(Unicode.Scalar(UInt8(truncatingIfNeeded: facet.field.utf8.count)))
        return String(length) + facet.field + facet.value
    }
}

/// Postings and positions of one term after the other.
///
/// Bounds: a row makes at most one posting and one position, and there is room for as many of each as rows
/// come; ``add(_:_:)`` makes sure of that.
private struct PostingGroups {
    private let documents: AlignedBuffer<UInt32>
    private let codes: AlignedBuffer<UInt32>
    private let gaps: AlignedBuffer<UInt32>
    private var postingCount = 0
    private var gapCount = 0
    private var rowCount = 0
    private(set) var patterns: PatternTable
    private var postingEnds: [Int] = []
    private var gapEnds: [Int] = []
    private let fieldCount: Int

    init(fieldCount: Int, rowCount: Int) {
        self.fieldCount = fieldCount
        patterns = PatternTable(fieldCount: fieldCount)
        documents = AlignedBuffer(count: rowCount)
        codes = AlignedBuffer(count: rowCount)
        gaps = AlignedBuffer(count: rowCount)
    }

    func postings(_ term: Int) -> Range<Int> { (term == 0 ? 0 : postingEnds[term - 1])..<postingEnds[term] }

    func gaps(_ term: Int) -> Range<Int> { (term == 0 ? 0 : gapEnds[term - 1])..<gapEnds[term] }

    /// Lends all documents, patterns and gaps.
    func withPostings(
        _ body: (
            _ documents: UnsafeBufferPointer<UInt32>, _ codes: UnsafeBufferPointer<UInt32>,
            _ gaps: UnsafeBufferPointer<UInt32>
        ) -> Void
    ) {
        body(
            UnsafeBufferPointer(start: documents.base, count: postingCount),
            UnsafeBufferPointer(start: codes.base, count: postingCount),
            UnsafeBufferPointer(start: gaps.base, count: gapCount))
    }

    mutating func renumber(_ numbers: [UInt32]) {
        let codes = codes.base
        for place in 0..<postingCount { codes[place] = numbers[Int(codes[place])] }
    }

    /// Adds the rows of the next term.
    mutating func add(_ places: UnsafeBufferPointer<UInt64>, _ positions: UnsafeBufferPointer<UInt32>) {
        rowCount += places.count
        precondition(rowCount <= documents.count, "\(rowCount) rows in room for \(documents.count)")
        var row = 0
        while row < places.count {
            let document = places[row] >> 4
            var pattern: [UInt16] = []
            var (only, times) = (0, 0)
            var fields = 0
            while row < places.count, places[row] >> 4 == document {
                let place = places[row]
                let start = row
                repeat { row += 1 } while row < places.count && places[row] == place
                guard place & 15 != TermKey.noField else { continue }
                let field = Int(place & 15)
                let count = addGaps(UnsafeBufferPointer(rebasing: positions[start..<row]))
                if fields == 0 {
                    (only, times) = (field, count)
                } else {
                    if fields == 1 {
                        pattern = [UInt16](repeating: 0, count: fieldCount)
                        pattern[only] = UInt16(times)
                    }
                    pattern[field] = UInt16(count)
                }
                fields += 1
            }
            documents.base[postingCount] = UInt32(document)
            codes.base[postingCount] =
                switch fields {
                case 0: patterns.number(of: [UInt16](repeating: 0, count: fieldCount))
                case 1: patterns.number(field: only, frequency: times)
                default: patterns.number(of: pattern)
                }
            postingCount += 1
        }
        postingEnds.append(postingCount)
        gapEnds.append(gapCount)
    }

    /// Adds the positions of one field, each once, ascending; says how many they are.
    private mutating func addGaps(_ positions: UnsafeBufferPointer<UInt32>) -> Int {
        let target = gaps.base + gapCount
        if positions.count == 1 {
            target[0] = positions[0]
            gapCount += 1
            return 1
        }
        var isAscending = true
        for place in 1..<positions.count where positions[place - 1] >= positions[place] {
            isAscending = false
        }
        if isAscending {
            target[0] = positions[0]
            for place in 1..<positions.count { target[place] = positions[place] - positions[place - 1] }
            gapCount += positions.count
            return positions.count
        }
        var (last, count) = (UInt32(0), 0)
        for position in positions.sorted() where count == 0 || position != last {
            target[count] = position - last
            last = position
            count += 1
        }
        gapCount += count
        return count
    }
}
