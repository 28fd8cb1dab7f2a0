import CVectorKernels
import VectorIndex

/// Writes a segment term by term, in memory; see ``SegmentHeader`` for the format.
struct SegmentWriter {
    private let ids: [UInt64]
    /// Of each field, one a document: one field behind the other.
    private let allLengths: [UInt16]
    private let patterns: PatternTable
    private var fields: [SegmentField]
    /// Of each field, by length: what ``TextScoring`` multiplies a frequency with, when this is written. One field
    /// behind the other, from where ``normStarts`` says.
    private let norms: [Float]
    private let normStarts: [Int]
    private var blocks = FieldWriter(magic: [])
    private var terms: [UInt8] = []
    private var skips: [UInt8] = []
    private var postings: [UInt8] = []
    private var positions: [UInt8] = []
    private var termCount = 0
    private var previousKey: [UInt8] = []
    private var gaps = [UInt32](repeating: 0, count: BlockEntry.postingCount)

    /// - Parameters:
    ///   - ids: ascending; documents are numbered in this order.
    ///   - patterns: all that will be named.
    ///   - means: the mean lengths that bounds are made for.
    init(
        ids: [UInt64], lengths: [[UInt16]], patterns: PatternTable, scoring: TextScoring, means: [Double]
    ) {
        (self.ids, self.patterns, allLengths) = (ids, patterns, lengths.flatMap(\.self))
        fields = lengths.enumerated().map { field, lengths in
            var figures = SegmentField()
            figures.total = lengths.reduce(0) { $0 + UInt64($1) }
            figures.least = UInt32(max(lengths.min() ?? 1, 1))
            figures.greatest = UInt32(max(lengths.max() ?? 1, 1))
            figures.weight = Float(scoring.fields[field].weight)
            (figures.b, figures.mean) = (Float(scoring.fields[field].b), Float(means[field]))
            return figures
        }
        var (norms, starts): ([Float], [Int]) = ([], [])
        for field in fields {
            starts.append(norms.count)
            norms += FieldNorms.norms(
                weight: Double(field.weight), b: Double(field.b), mean: Double(field.mean),
                upTo: Int(field.greatest))
        }
        (self.norms, normStarts) = (norms, starts)
    }

    /// Adds a term. Keys come in ascending order.
    ///
    /// - Parameters:
    ///   - documents: ascending, at least one.
    ///   - patterns: one a document.
    ///   - gaps: of all documents in turn, as ``BlockEntry`` says.
    mutating func add(
        key: UnsafeBufferPointer<UInt8>, documents: UnsafeBufferPointer<UInt32>,
        patterns: UnsafeBufferPointer<UInt32>, gaps: UnsafeBufferPointer<UInt32>
    ) {
        let (postingsStart, positionsStart) = (postings.count, positions.count)
        beginEntry(key)
        if documents.count == 1 {
            postings.appendNumber(documents[0])
            postings.appendNumber(patterns[0])
            appendPositions(gaps)
        } else {
            var (block, firstGap, previous) = (0, 0, UInt32.max)
            while block < documents.count {
                let size = min(documents.count - block, BlockEntry.postingCount)
                let docs = UnsafeBufferPointer(rebasing: documents[block..<block + size])
                let codes = UnsafeBufferPointer(rebasing: patterns[block..<block + size])
                var gapCount = 0
                for code in codes { gapCount += Int(self.patterns.totals[Int(code)]) }
                var entry = BlockEntry(
                    last: docs[size - 1], postingsOffset: UInt32(postings.count - postingsStart),
                    positionsOffset: UInt32(positions.count - positionsStart),
                    bound: bound(docs, codes), documentBits: 0, patternBits: 0)
                appendPostings(docs, codes, after: previous, entry: &entry, isOnly: documents.count == size)
                appendPositions(UnsafeBufferPointer(rebasing: gaps[firstGap..<firstGap + gapCount]))
                firstGap += gapCount
                previous = entry.last
                block += size
            }
        }
        terms.appendNumber(UInt32(documents.count))
        terms.appendNumber(UInt64(postings.count - postingsStart))
        terms.appendNumber(UInt64(positions.count - positionsStart))
        termCount += 1
    }

    /// Writes what a term's entry begins with.
    private mutating func beginEntry(_ key: UnsafeBufferPointer<UInt8>) {
        var shared = 0
        if termCount % DictionaryBlock.termCount == 0 {
            blocks.append(UInt32(terms.count))
            blocks.append(UInt32(skips.count / BlockEntry.byteCount))
            blocks.append(UInt64(postings.count))
            blocks.append(UInt64(positions.count))
        } else {
            let most = min(key.count, previousKey.count)
            while shared < most, key[shared] == previousKey[shared] { shared += 1 }
        }
        terms.appendNumber(UInt64(shared))
        terms.appendNumber(UInt64(key.count - shared))
        terms.append(contentsOf: UnsafeBufferPointer(rebasing: key[shared...]))
        previousKey.removeLast(previousKey.count - shared)
        previousKey.append(contentsOf: UnsafeBufferPointer(rebasing: key[shared...]))
    }

    private mutating func appendPostings(
        _ docs: UnsafeBufferPointer<UInt32>, _ codes: UnsafeBufferPointer<UInt32>, after last: UInt32,
        entry: inout BlockEntry, isOnly: Bool
    ) {
        var (all, previous) = (UInt32(0), last)
        for place in docs.indices {
            let gap = docs[place] &- previous &- 1
            gaps[place] = gap
            all |= gap
            previous = docs[place]
        }
        let codeBits = Self.bits(codes)
        (entry.documentBits, entry.patternBits) = (UInt8(Self.bits(all)), UInt8(codeBits))
        if isOnly {
            postings.append(entry.bound)
            postings += [entry.documentBits, entry.patternBits]
        } else {
            for value in [entry.last, entry.postingsOffset, entry.positionsOffset] { skips.append(value) }
            skips.append(entry.bound)
            skips += [entry.documentBits, entry.patternBits]
        }
        gaps.withUnsafeBufferPointer { gaps in
            postings.appendPacked(UnsafeBufferPointer(rebasing: gaps[..<docs.count]), bits: Self.bits(all))
        }
        postings.appendPacked(codes, bits: codeBits)
    }

    private mutating func appendPositions(_ gaps: UnsafeBufferPointer<UInt32>) {
        var first = 0
        while first < gaps.count {
            let end = min(first + BlockEntry.postingCount, gaps.count)
            let chunk = UnsafeBufferPointer(rebasing: gaps[first..<end])
            let bits = Self.bits(chunk)
            positions.append(UInt8(bits))
            positions.appendPacked(chunk, bits: bits)
            first = end
        }
    }

    private func bound(_ docs: UnsafeBufferPointer<UInt32>, _ codes: UnsafeBufferPointer<UInt32>) -> UInt16 {
        var greatest: Float = 0
        let count = fields.count
        for place in docs.indices {
            let (document, code) = (Int(docs[place]), Int(codes[place]))
            var x: Float = 0
            for field in 0..<count {
                let frequency = patterns.frequencies[code * count + field]
                if frequency > 0 {
                    let length = Int(allLengths[field * ids.count + document])
                    x += Float(frequency) * norms[normStarts[field] + length]
                }
            }
            greatest = max(greatest, x)
        }
        return BlockEntry.bound(greatest)
    }

    private static func bits(_ numbers: UInt32) -> Int { 32 - numbers.leadingZeroBitCount }

    private static func bits(_ numbers: UnsafeBufferPointer<UInt32>) -> Int {
        var all: UInt32 = 0
        for number in numbers { all |= number }
        return bits(all)
    }

    /// The whole segment as it stands in a file.
    consuming func finish(number: UInt64) -> SegmentImage {
        var frequencies: [UInt8] = []
        for count in patterns.counts { frequencies.append(count) }
        for frequency in patterns.frequencies { frequencies.append(frequency) }
        let idBytes = ids.withUnsafeBytes { Array($0) }
        let lengthBytes = allLengths.withUnsafeBytes { Array($0) }
        let parts = [idBytes, lengthBytes, frequencies, blocks.bytes, terms, skips, postings, positions]
        let header = SegmentHeader(
            fieldCount: fields.count, documentCount: ids.count, number: number, termCount: termCount,
            patternCount: patterns.count, blockCount: blocks.bytes.count / DictionaryBlock.byteCount,
            sections: SegmentHeader.places(of: parts.map(\.count)), fields: fields)
        return SegmentImage(header: header, parts: parts)
    }
}
