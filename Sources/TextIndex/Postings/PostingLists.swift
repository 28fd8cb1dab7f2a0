import CVectorKernels

/// Where raw memory of a segment becomes an `mk_list`, which reads it without asking anybody.
///
/// Bounds: the dictionary's entry was found to lie within the sections of postings and skips when it was read
/// (``DictionaryWalk``), with an entry in the skips for every block; each section is followed by
/// ``SegmentHeader/slack`` bytes, no fewer than `MK_POSTINGS_SLACK`. That is all that `mk_list_open` asks for; what the
/// bytes say is checked there. A list is used only while its segment is there: its owner holds the segment, or
/// a snapshot that does.
enum PostingLists {
    /// Memory that a list reads its blocks into.
    static let numbersPerList = 2 * (BlockEntry.postingCount + 8)

    /// Opens the postings of a term, whose bytes are compared with their checksums first; or throws before anything
    /// of `list` is used.
    ///
    /// - Parameter memory: ``numbersPerList`` numbers.
    static func open(
        _ list: UnsafeMutablePointer<mk_list>, _ segment: Segment, _ entry: TermEntry,
        memory: UnsafeMutablePointer<UInt32>
    ) throws(TextIndexError) {
        let header = segment.header
        var skips: UnsafePointer<UInt8>?
        if entry.hasSkips {
            let start = entry.firstSkip * BlockEntry.byteCount
            try segment.verify(.skips, start..<start + entry.blockCount * BlockEntry.byteCount)
            skips = (segment.base + header[.skips].lowerBound + start).assumingMemoryBound(to: UInt8.self)
        }
        try segment.verify(.postings, entry.postings)
        let postings = segment.base + header[.postings].lowerBound + entry.postings.lowerBound
        let failed = mk_list_open(
            list, skips, postings.assumingMemoryBound(to: UInt8.self), entry.postings.count,
            UInt32(entry.documentCount), UInt32(segment.documentCount), UInt32(segment.patterns.bits),
            UInt32(segment.patterns.count), memory)
        if failed != 0, let damage = damage(list, segment, entry) { throw damage }
    }

    /// What was found to be wrong with a list, if anything.
    static func damage(
        _ list: UnsafePointer<mk_list>, _ segment: Segment, _ entry: TermEntry
    ) -> TextIndexError? {
        let start = entry.postings.lowerBound
        let block = list.pointee.damaged_block
        switch Int(list.pointee.damage) {
        case Int(MK_SOUND): return nil
        case Int(MK_CUT_SHORT): return segment.damaged("the postings at \(start) are cut short")
        case Int(MK_WRONG_DOCUMENT):
            let document = list.pointee.damaged_document
            return segment.damaged(
                "of the postings at \(start), block \(block) ends with document \(document)")
        default: return segment.damaged("of the postings at \(start), block \(block) leads outside")
        }
    }
}
