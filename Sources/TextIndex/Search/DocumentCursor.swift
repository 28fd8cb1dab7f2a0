import CVectorKernels

/// The documents that have a term, in one segment, as a walk over the documents goes on: always ahead.
class DocumentCursor {
    final let reader: PostingReader
    /// The first block whose last document is not before where the walk is.
    private(set) final var block = 0
    /// Where in the block that was read last the last document was found that was looked for.
    private final var place = 0
    private final var placeBlock = -1

    init(_ reader: PostingReader) {
        self.reader = reader
    }

    /// Goes to the first block that has documents not before `document`.
    @inline(__always)
    final func seek(_ document: UInt32) {
        while block < reader.blockCount, reader.last(block) < document { block += 1 }
    }

    /// Goes to the next block.
    @inline(__always)
    final func advance() { block += 1 }

    /// Sets the bits of the documents of `range` that have the term.
    final func addBits(in range: Range<UInt32>, to bits: UnsafeMutablePointer<UInt64>) {
        seek(range.lowerBound)
        while block < reader.blockCount {
            let size = reader.read(block)
            let first = mk_lower_bound(reader.documents, 0, size, range.lowerBound)
            for place in first..<size {
                let document = reader.documents[place]
                guard document < range.upperBound else { return }
                let bit = Int(document - range.lowerBound)
                bits[bit / 64] |= 1 << UInt64(bit % 64)
            }
            if reader.last(block) >= range.upperBound - 1 { return }
            advance()
        }
    }

    /// Where in its block the posting of a document is; documents come in ascending order.
    @inline(__always)
    final func find(_ document: UInt32) -> Int? {
        seek(document)
        guard block < reader.blockCount else { return nil }
        let size = reader.read(block)
        if placeBlock != block { (placeBlock, place) = (block, 0) }
        place = mk_lower_bound(reader.documents, place, size, document)
        return place < size && reader.documents[place] == document ? place : nil
    }
}
