import VectorIndex

/// Postings and positions of one term after the other.
///
/// Bounds: a row makes at most one posting and one position, and there is room for as many of each as rows
/// come; ``add(_:_:)`` makes sure of that.
struct PostingGroups {
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
