import CVectorKernels
import VectorIndex

/// Reads where a term stands in a document.
struct PositionReader {
    private let reader: PostingReader
    private let start: UnsafeRawPointer
    private let kernels = mk_postings_best().pointee

    /// - Parameter reader: of a term, not of a facet.
    init(_ reader: PostingReader) throws(TextIndexError) {
        self.reader = reader
        let (segment, entry) = (reader.segment, reader.entry)
        try segment.verify(.positions, entry.positions)
        start = segment.base + segment.header[.positions].lowerBound + entry.positions.lowerBound
    }

    /// The positions of posting `place` of the block that was read last: of each field, ascending.
    func positions(_ place: Int) throws(TextIndexError) -> [[UInt32]] {
        reader.readPatterns()
        let patterns = reader.segment.patterns
        var skipped = 0
        for earlier in 0..<place { skipped += Int(patterns.totals[Int(reader.patterns[earlier])]) }
        let pattern = Int(reader.patterns[place])
        let gaps = try numbers(
            skipped..<skipped + Int(patterns.totals[pattern]),
            from: reader.positionsOffset)
        var next = 0
        let fieldCount = reader.segment.header.fieldCount
        return (0..<fieldCount).map { field in
            let count = Int(patterns.frequencies[pattern * fieldCount + field])
            defer { next += count }
            var position: UInt32 = 0
            return gaps[next..<next + count].map { gap in
                position &+= gap
                return position
            }
        }
    }

    /// All numbers of the row of the block that was read last; see ``BlockEntry``.
    func gaps() throws(TextIndexError) -> [UInt32] {
        reader.readPatterns()
        let totals = reader.segment.patterns.totals
        var count = 0
        for place in 0..<reader.size { count += Int(totals[Int(reader.patterns[place])]) }
        if count == 0 { return [] }
        return try numbers(0..<count, from: reader.positionsOffset)
    }

    /// Some numbers of the row that begins at `offset`.
    private func numbers(_ range: Range<Int>, from offset: Int) throws(TextIndexError) -> [UInt32] {
        var found: [UInt32] = []
        found.reserveCapacity(range.count)
        var (offset, first) = (offset, 0)
        let end = reader.entry.positions.count
        var chunk = [UInt32](repeating: 0, count: BlockEntry.postingCount + 8)
        while first < range.upperBound {
            // The last chunk of a row may be shorter; what is read too far is not used.
            guard offset < end else { throw damaged() }
            let bits = Int(start.load(fromByteOffset: offset, as: UInt8.self))
            guard bits <= 32 else { throw damaged() }
            let wanted = range.clamped(to: first..<first + BlockEntry.postingCount)
            if !wanted.isEmpty {
                let count = wanted.upperBound - first
                guard offset + 1 + (bits * count + 7) / 8 <= end else { throw damaged() }
                // Bounds: checked above; the chunk has room for 128 numbers and 8 more.
                kernels.unpack(
                    (start + offset + 1).assumingMemoryBound(to: UInt8.self), UInt32(bits), count, &chunk)
                found += chunk[wanted.lowerBound - first..<count]
            }
            offset += 1 + 16 * bits
            first += BlockEntry.postingCount
        }
        return found
    }

    private func damaged() -> TextIndexError {
        reader.segment.damaged("the positions at \(reader.entry.positions.lowerBound) lead outside")
    }
}
