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
