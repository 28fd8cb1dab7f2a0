import CVectorKernels

/// The documents that have a term, in one segment, as a walk over the documents goes on: always ahead.
final class DocumentCursor {
    let reader: PostingReader
    /// The first block whose last document is not before where the walk is.
    private var block = 0
    /// Where in the block that was read last the last document was found that was looked for.
    private var place = 0
    private var placeBlock = -1

    init(_ reader: PostingReader) {
        self.reader = reader
    }

    /// Sets the bits of the documents of `range` that have the term.
    func addBits(in range: Range<UInt32>, to bits: UnsafeMutablePointer<UInt64>) {
        block = reader.seek(range.lowerBound, from: block)
        let documents = reader.documents
        while block < reader.blockCount {
            let size = reader.read(block)
            for place in mk_lower_bound(documents, 0, size, range.lowerBound)..<size {
                let document = documents[place]
                guard document < range.upperBound else { return }
                let bit = Int(document - range.lowerBound)
                bits[bit / 64] |= 1 << UInt64(bit % 64)
            }
            if reader.last(block) >= range.upperBound - 1 { return }
            block += 1
        }
    }

    /// Where in its block the posting of a document is; documents come in ascending order.
    func find(_ document: UInt32) -> Int? {
        block = reader.seek(document, from: block)
        guard block < reader.blockCount else { return nil }
        let size = reader.read(block)
        if placeBlock != block { (placeBlock, place) = (block, 0) }
        place = mk_lower_bound(reader.documents, place, size, document)
        return place < size && reader.documents[place] == document ? place : nil
    }
}
