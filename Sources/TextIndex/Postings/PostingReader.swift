import CVectorKernels
import VectorIndex

/// Reads the postings of a term, one block at a time.
final class PostingReader {
    let segment: Segment
    let entry: TermEntry
    let blockCount: Int
    /// The documents of the block that was read last, ascending.
    let documents: UnsafeMutablePointer<UInt32>
    /// Their patterns, if ``readPatterns()`` was called.
    let patterns: UnsafeMutablePointer<UInt32>
    /// The number of the block that was read last; −1 before the first.
    private(set) var block = -1
    /// Postings in it.
    private(set) var size = 0
    private var hasPatterns = false
    /// What is wrong with the bytes, if something was found. Reading goes on within bounds, and whoever reads
    /// throws it in the end.
    private(set) var damage: TextIndexError?
    private let buffer: AlignedBuffer<UInt32>
    /// The one block of a term without skips.
    private var only = BlockEntry(
        last: 0, postingsOffset: 0, positionsOffset: 0, bound: 0, documentBits: 0, patternBits: 0)
    private let skips: UnsafeRawPointer
    private let postings: UnsafeRawPointer
    private let kernels = mk_postings_best().pointee

    private static let room = BlockEntry.postingCount + 8

    init(_ segment: Segment, _ entry: TermEntry) throws(TextIndexError) {
        (self.segment, self.entry) = (segment, entry)
        blockCount = entry.blockCount
        buffer = AlignedBuffer(count: 2 * Self.room)
        documents = buffer.base
        patterns = buffer.base + Self.room
        let header = segment.header
        skips = segment.base + header[.skips].lowerBound + entry.firstSkip * BlockEntry.byteCount
        postings = segment.base + header[.postings].lowerBound + entry.postings.lowerBound
        try segment.verify(.postings, entry.postings)
        if entry.hasSkips {
            let start = entry.firstSkip * BlockEntry.byteCount
            try segment.verify(.skips, start..<start + blockCount * BlockEntry.byteCount)
        } else {
            try readOnly()
        }
    }

    /// Reads the one block of a term without skips.
    private func readOnly() throws(TextIndexError) {
        if entry.documentCount == 1 {
            var offset = 0
            documents[0] = number(&offset)
            patterns[0] = number(&offset)
            guard offset <= entry.postings.count, documents[0] < segment.documentCount,
                patterns[0] < segment.patterns.count
            else { throw segment.damaged("the posting at \(entry.postings.lowerBound) leads outside") }
            only.last = documents[0]
            // Larger than any bound: one posting is cheaper to look at than to bound.
            only.bound = BlockEntry.bound(1e30)
            (block, size, hasPatterns) = (0, 1, true)
            return
        }
        guard entry.postings.count >= 4 else {
            throw segment.damaged("the postings at \(entry.postings.lowerBound) are cut short")
        }
        only.bound = postings.loadUnaligned(as: UInt16.self)
        only.documentBits = postings.load(fromByteOffset: 2, as: UInt8.self)
        only.patternBits = postings.load(fromByteOffset: 3, as: UInt8.self)
        only.postingsOffset = 4
        only.last = .max
        read(0)
        if let damage { throw damage }
        only.last = documents[size - 1]
    }

    /// Reads a number of at most five bytes; the section has as many behind its end.
    private func number(_ offset: inout Int) -> UInt32 {
        var (value, shift) = (UInt32(0), UInt32(0))
        while shift < 35 {
            let byte = postings.load(fromByteOffset: offset, as: UInt8.self)
            offset += 1
            value |= UInt32(byte & 0x7f) << shift
            if byte < 0x80 { break }
            shift += 7
        }
        return value
    }

    /// The entry of a block.
    @inline(__always)
    func head(_ block: Int) -> BlockEntry {
        assert(block >= 0 && block < blockCount, "block \(block) of \(blockCount)")
        guard entry.hasSkips else { return only }
        // Bounds: the dictionary's entry was checked to lie within the skips.
        let place = skips + block * BlockEntry.byteCount
        let bits = place.loadUnaligned(fromByteOffset: 12, as: UInt32.self)
        return BlockEntry(
            last: place.loadUnaligned(as: UInt32.self),
            postingsOffset: place.loadUnaligned(fromByteOffset: 4, as: UInt32.self),
            positionsOffset: place.loadUnaligned(fromByteOffset: 8, as: UInt32.self),
            bound: UInt16(truncatingIfNeeded: bits), documentBits: UInt8(truncatingIfNeeded: bits >> 16),
            patternBits: UInt8(truncatingIfNeeded: bits >> 24))
    }

    /// The last document of a block.
    @inline(__always)
    func last(_ block: Int) -> UInt32 {
        guard entry.hasSkips else { return only.last }
        return (skips + block * BlockEntry.byteCount).loadUnaligned(as: UInt32.self)
    }

    /// The bound of a block; see ``BlockEntry``.
    @inline(__always)
    func bound(_ block: Int) -> Float {
        guard entry.hasSkips else { return BlockEntry.value(only.bound) }
        let place = skips + block * BlockEntry.byteCount
        return BlockEntry.value(place.loadUnaligned(fromByteOffset: 12, as: UInt16.self))
    }

    /// Postings in a block.
    private func size(of block: Int) -> Int {
        min(entry.documentCount - block * BlockEntry.postingCount, BlockEntry.postingCount)
    }

    /// Reads the documents of a block, if they are not what was read last.
    ///
    /// - Returns: how many they are.
    @discardableResult
    @inline(__always)
    func read(_ number: Int) -> Int {
        if number != block { load(number) }
        return size
    }

    private func load(_ number: Int) {
        let head = head(number)
        let count = size(of: number)
        (block, size, hasPatterns) = (number, count, false)
        let previous = number == 0 ? UInt32.max : last(number - 1)
        guard isWithin(head, count) else {
            fail("block \(number) leads outside")
            return
        }
        let source = (postings + Int(head.postingsOffset)).assumingMemoryBound(to: UInt8.self)
        // Bounds: the block's bytes lie within the section, as found above, behind which are as many as
        // kernels read too far; the buffer has room for a block and 8 numbers.
        kernels.unpack_gaps(source, UInt32(head.documentBits), count, previous, documents)
        let last = documents[count - 1]
        // Gaps are at least 1, so all documents are below the last unless their sum wraps, which the bits
        // rule out.
        guard last < segment.documentCount, head.last == last || !entry.hasSkips else {
            fail("block \(number) ends with document \(last)")
            return
        }
    }

    /// Whether a block's bytes lie within the term's, and its patterns within the segment's.
    private func isWithin(_ head: BlockEntry, _ count: Int) -> Bool {
        guard head.documentBits <= 28, Int(head.patternBits) <= segment.patterns.bits else { return false }
        let end =
            Int(head.postingsOffset) + byteCount(head.documentBits, count)
            + byteCount(head.patternBits, count)
        guard end <= entry.postings.count else { return false }
        // 128 gaps of 24 bits are below 2³², so that only wider ones need a look.
        if head.documentBits > 24 {
            let source = (postings + Int(head.postingsOffset)).assumingMemoryBound(to: UInt8.self)
            let sum = (0..<count).reduce(UInt64(0)) {
                $0 + UInt64(mk_packed_number(source, UInt32(head.documentBits), $1)) + 1
            }
            return sum <= UInt64(segment.documentCount)
        }
        return true
    }

    private func byteCount(_ bits: UInt8, _ count: Int) -> Int { (Int(bits) * count + 7) / 8 }

    /// Leaves a block of documents and patterns 0 behind, so that whatever is done with it stays within
    /// bounds.
    private func fail(_ reason: String) {
        damage = segment.damaged("of the postings at \(entry.postings.lowerBound), \(reason)")
        documents.update(repeating: 0, count: size)
        patterns.update(repeating: 0, count: size)
        hasPatterns = true
    }

    /// Reads the patterns of the block that was read last, if they were not yet.
    @inline(__always)
    func readPatterns() {
        if !hasPatterns { loadPatterns() }
    }

    private func loadPatterns() {
        let head = head(block)
        // Bounds: as in `load`, which found the block to lie within.
        kernels.unpack(patternSource(head), UInt32(head.patternBits), size, patterns)
        hasPatterns = true
    }

    /// One pattern of the block that was read last.
    @inline(__always)
    func pattern(_ place: Int) -> UInt32 {
        if hasPatterns { return patterns[place] }
        let head = head(block)
        return mk_packed_number(patternSource(head), UInt32(head.patternBits), place)
    }

    /// Reads the block that has a document, and says where in it that is.
    func find(_ document: UInt32) -> Int? {
        var (low, high) = (0, blockCount)
        while low < high {
            let middle = (low + high) / 2
            if last(middle) < document { low = middle + 1 } else { high = middle }
        }
        guard low < blockCount else { return nil }
        let size = read(low)
        let place = mk_lower_bound(documents, 0, size, document)
        return place < size && documents[place] == document ? place : nil
    }

    private func patternSource(_ head: BlockEntry) -> UnsafePointer<UInt8> {
        (postings + Int(head.postingsOffset) + byteCount(head.documentBits, size))
            .assumingMemoryBound(to: UInt8.self)
    }
}
