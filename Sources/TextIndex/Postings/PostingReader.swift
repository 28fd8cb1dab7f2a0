import CVectorKernels
import VectorIndex

/// Reads the postings of a term, one block at a time.
///
/// Owns an `mk_list` and the memory it reads blocks into.
final class PostingReader {
    let segment: Segment
    let entry: TermEntry
    private let list: UnsafeMutablePointer<mk_list>
    private let buffer: AlignedBuffer<UInt32>

    init(_ segment: Segment, _ entry: TermEntry) throws(TextIndexError) {
        (self.segment, self.entry) = (segment, entry)
        buffer = AlignedBuffer(count: PostingLists.numbersPerList)
        // `open` writes all of it, or throws.
        list = .allocate(capacity: 1)
        try PostingLists.open(list, segment, entry, memory: buffer.base)
    }

    deinit { list.deallocate() }

    var blockCount: Int { Int(list.pointee.block_count) }

    /// The documents of the block that was read last, ascending.
    var documents: UnsafeMutablePointer<UInt32> { list.pointee.documents }
    /// Their patterns, if ``readPatterns()`` was called.
    var patterns: UnsafeMutablePointer<UInt32> { list.pointee.patterns }
    /// The number of the block that was read last.
    var block: Int { Int(list.pointee.block) }
    /// Postings in it.
    var size: Int { Int(list.pointee.size) }

    /// What is wrong with the bytes, if something was found. Reading goes on within bounds, and whoever reads
    /// throws it in the end.
    var damage: TextIndexError? { PostingLists.damage(list, segment, entry) }

    /// Where the positions of the block that was read last begin in the term's.
    var positionsOffset: Int { Int(mk_list_head(list, list.pointee.block).positions_offset) }

    /// The last document of a block.
    @inline(__always)
    func last(_ block: Int) -> UInt32 {
        assert(block >= 0 && block < blockCount, "block \(block) of \(blockCount)")
        return mk_list_last(list, UInt32(truncatingIfNeeded: block))
    }

    /// Reads the documents of a block, if they are not what was read last.
    ///
    /// - Returns: how many they are.
    @discardableResult
    @inline(__always)
    func read(_ block: Int) -> Int {
        assert(block >= 0 && block < blockCount, "block \(block) of \(blockCount)")
        return Int(mk_list_read(list, UInt32(truncatingIfNeeded: block)))
    }

    /// Reads the patterns of the block that was read last, if they were not yet.
    @inline(__always)
    func readPatterns() { mk_list_read_patterns(list) }

    /// One pattern of the block that was read last.
    @inline(__always)
    func pattern(_ place: Int) -> UInt32 { mk_list_pattern(list, UInt32(truncatingIfNeeded: place)) }

    /// The first block, from `from` on, that has documents not before `document`.
    func seek(_ document: UInt32, from: Int = 0) -> Int {
        Int(mk_list_seek(list, UInt32(truncatingIfNeeded: from), document))
    }

    /// Reads the block that has a document, and says where in it that is.
    func find(_ document: UInt32) -> Int? {
        let block = seek(document)
        guard block < blockCount else { return nil }
        let size = read(block)
        let place = mk_lower_bound(documents, 0, size, document)
        return place < size && documents[place] == document ? place : nil
    }
}
