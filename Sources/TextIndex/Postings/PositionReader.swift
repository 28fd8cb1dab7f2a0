import CVectorKernels
import VectorIndex

/// Reads where a term stands in a document.
struct PositionReader {
    private let reader: PostingReader
    private let rows: PositionRows

    /// - Parameter reader: of a term, not of a facet.
    init(_ reader: PostingReader) throws(TextIndexError) {
        self.reader = reader
        rows = try PositionRows(reader.segment, reader.entry)
    }

    /// The positions of posting `place` of the block that was read last: of each field, ascending.
    func positions(_ place: Int) throws(TextIndexError) -> [[UInt32]] {
        var lists = PositionLists()
        try append(place, to: &lists)
        return (0..<lists.ends.count).map { Array(lists.numbers[lists.range($0)]) }
    }

    /// Appends the same: a list a field.
    func append(_ place: Int, to lists: inout PositionLists) throws(TextIndexError) {
        reader.readPatterns()
        let patterns = reader.segment.patterns
        var skipped = 0
        for earlier in 0..<place { skipped += Int(patterns.totals[Int(reader.patterns[earlier])]) }
        let pattern = Int(reader.patterns[place])
        var next = lists.numbers.count
        try rows.append(
            skipped..<skipped + Int(patterns.totals[pattern]), from: reader.positionsOffset,
            to: &lists.numbers)
        let fieldCount = reader.segment.header.fieldCount
        for field in 0..<fieldCount {
            let end = next + Int(patterns.frequencies[pattern * fieldCount + field])
            // What is kept are the gaps between positions.
            var position: UInt32 = 0
            while next < end {
                position &+= lists.numbers[next]
                lists.numbers[next] = position
                next += 1
            }
            lists.ends.append(end)
        }
    }
}

/// Lists of positions, one behind the other in one piece of memory.
struct PositionLists {
    fileprivate(set) var numbers: [UInt32] = []
    /// Where each list ends in ``numbers``; the next one begins there.
    fileprivate(set) var ends: [Int] = []

    /// Where a list stands in ``numbers``.
    @inline(__always)
    func range(_ list: Int) -> Range<Int> { (list == 0 ? 0 : ends[list - 1])..<ends[list] }

    /// Appends lists that hold nothing.
    mutating func appendEmpty(count: Int) {
        for _ in 0..<count { ends.append(numbers.count) }
    }

    /// Appends two ascending lists as one, each number once.
    mutating func append(_ left: ArraySlice<UInt32>, _ right: ArraySlice<UInt32>) {
        defer { ends.append(numbers.count) }
        guard !left.isEmpty, !right.isEmpty else {
            numbers += left.isEmpty ? right : left
            return
        }
        var (one, other) = (left.startIndex, right.startIndex)
        var last: UInt32?
        while one < left.endIndex || other < right.endIndex {
            let takesLeft =
                other == right.endIndex || one < left.endIndex && left[one] <= right[other]
            let number = takesLeft ? left[one] : right[other]
            if takesLeft { one += 1 } else { other += 1 }
            if number != last { numbers.append(number) }
            last = number
        }
    }
}

/// The rows of positions of one term; see ``BlockEntry``.
struct PositionRows {
    private let segment: Segment
    private let entry: TermEntry
    private let start: UnsafeRawPointer
    private let kernels = PostingsKernels.best

    init(_ segment: Segment, _ entry: TermEntry) throws(TextIndexError) {
        try segment.verify(.positions, entry.positions)
        (self.segment, self.entry) = (segment, entry)
        start = segment.base + segment.header[.positions].lowerBound + entry.positions.lowerBound
    }

    /// Appends some numbers of the row that begins at `offset`.
    func append(_ range: Range<Int>, from offset: Int, to found: inout [UInt32]) throws(TextIndexError) {
        var (offset, first) = (offset, 0)
        let end = entry.positions.count
        while first < range.upperBound {
            // The last chunk of a row may be shorter; what is read too far is not used.
            guard offset < end else { throw damaged() }
            let bits = Int(start.load(fromByteOffset: offset, as: UInt8.self))
            guard bits <= 32 else { throw damaged() }
            let wanted = range.clamped(to: first..<first + BlockEntry.postingCount)
            if !wanted.isEmpty {
                let count = wanted.upperBound - first
                guard offset + 1 + (bits * count + 7) / 8 <= end else { throw damaged() }
                let source = (start + offset + 1).assumingMemoryBound(to: UInt8.self)
                withUnsafeTemporaryAllocation(of: UInt32.self, capacity: BlockEntry.postingCount + 8) {
                    chunk in
                    guard let numbers = chunk.baseAddress else { return }
                    // Bounds: checked above; the chunk has room for 128 numbers and 8 more.
                    kernels.unpack(source, UInt32(bits), count, numbers)
                    found.append(contentsOf: chunk[wanted.lowerBound - first..<count])
                }
            }
            offset += 1 + 16 * bits
            first += BlockEntry.postingCount
        }
    }

    private func damaged() -> TextIndexError {
        segment.damaged("the positions at \(entry.positions.lowerBound) lead outside")
    }
}
