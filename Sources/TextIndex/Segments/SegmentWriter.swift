import CVectorKernels
import VectorIndex

/// Writes a segment term by term, in memory; see ``SegmentHeader`` for the format.
struct SegmentWriter {
    private let ids: [UInt64]
    /// Of each field, one a document.
    private let lengths: [[UInt16]]
    private let patterns: PatternTable
    private var fields: [SegmentField]
    /// Of each field, by length: what ``TextScoring`` multiplies a frequency with, when this is written.
    private let norms: [[Float]]
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
        (self.ids, self.lengths, self.patterns) = (ids, lengths, patterns)
        fields = lengths.enumerated().map { field, lengths in
            var figures = SegmentField()
            figures.total = lengths.reduce(0) { $0 + UInt64($1) }
            figures.least = UInt32(max(lengths.min() ?? 1, 1))
            figures.greatest = UInt32(max(lengths.max() ?? 1, 1))
            figures.weight = Float(scoring.fields[field].weight)
            (figures.b, figures.mean) = (Float(scoring.fields[field].b), Float(means[field]))
            return figures
        }
        norms = fields.map { field in
            FieldNorms.norms(
                weight: Double(field.weight), b: Double(field.b), mean: Double(field.mean),
                upTo: Int(field.greatest))
        }
    }

    /// Adds a term. Keys come in ascending order.
    ///
    /// - Parameters:
    ///   - documents: ascending, at least one.
    ///   - patterns: one a document.
    ///   - gaps: of all documents in turn, as ``BlockEntry`` says.
    mutating func add(
        key: some Collection<UInt8>, documents: ArraySlice<UInt32>, patterns: ArraySlice<UInt32>,
        gaps: ArraySlice<UInt32>
    ) {
        let (postingsStart, positionsStart) = (postings.count, positions.count)
        let start = beginEntry(key)
        var firstGap = gaps.startIndex
        if documents.count == 1 {
            postings.appendNumber(documents[documents.startIndex])
            postings.appendNumber(patterns[patterns.startIndex])
            appendPositions(gaps)
        } else {
            var (block, previous) = (0, UInt32.max)
            while block < documents.count {
                let size = min(documents.count - block, BlockEntry.postingCount)
                let docs = documents[documents.startIndex + block..<documents.startIndex + block + size]
                let codes = patterns[patterns.startIndex + block..<patterns.startIndex + block + size]
                let gapCount = codes.reduce(0) { $0 + Int(self.patterns.totals[Int($1)]) }
                var entry = BlockEntry(
                    last: docs[docs.endIndex - 1], postingsOffset: UInt32(postings.count - postingsStart),
                    positionsOffset: UInt32(positions.count - positionsStart),
                    bound: bound(docs, codes), documentBits: 0, patternBits: 0)
                appendPostings(docs, codes, after: previous, entry: &entry, isOnly: documents.count == size)
                appendPositions(gaps[firstGap..<firstGap + gapCount])
                firstGap += gapCount
                previous = entry.last
                block += size
            }
        }
        _ = start
        terms.appendNumber(UInt32(documents.count))
        terms.appendNumber(UInt64(postings.count - postingsStart))
        terms.appendNumber(UInt64(positions.count - positionsStart))
        termCount += 1
    }

    /// Writes what a term's entry begins with.
    private mutating func beginEntry(_ key: some Collection<UInt8>) -> Int {
        let start = terms.count
        var shared = 0
        if termCount % DictionaryBlock.termCount == 0 {
            blocks.append(UInt32(terms.count))
            blocks.append(UInt32(skips.count / BlockEntry.byteCount))
            blocks.append(UInt64(postings.count))
            blocks.append(UInt64(positions.count))
        } else {
            shared = zip(key, previousKey).prefix { $0 == $1 }.count
        }
        terms.appendNumber(UInt64(shared))
        terms.appendNumber(UInt64(key.count - shared))
        terms += key.dropFirst(shared)
        previousKey.removeAll(keepingCapacity: true)
        previousKey += key
        return start
    }

    private mutating func appendPostings(
        _ docs: ArraySlice<UInt32>, _ codes: ArraySlice<UInt32>, after last: UInt32, entry: inout BlockEntry,
        isOnly: Bool
    ) {
        var (all, previous) = (UInt32(0), last)
        for (place, document) in docs.enumerated() {
            gaps[place] = document &- previous &- 1
            all |= gaps[place]
            previous = document
        }
        let codeBits = Self.bits(codes.reduce(0, |))
        (entry.documentBits, entry.patternBits) = (UInt8(Self.bits(all)), UInt8(codeBits))
        if isOnly {
            postings.append(entry.bound)
            postings += [entry.documentBits, entry.patternBits]
        } else {
            for value in [entry.last, entry.postingsOffset, entry.positionsOffset] { skips.append(value) }
            skips.append(entry.bound)
            skips += [entry.documentBits, entry.patternBits]
        }
        postings.appendPacked(gaps[..<docs.count], bits: Self.bits(all))
        postings.appendPacked(codes, bits: codeBits)
    }

    private mutating func appendPositions(_ gaps: ArraySlice<UInt32>) {
        var rest = gaps
        while !rest.isEmpty {
            let chunk = rest.prefix(BlockEntry.postingCount)
            let bits = Self.bits(chunk.reduce(0, |))
            positions.append(UInt8(bits))
            positions.appendPacked(chunk, bits: bits)
            rest = rest.dropFirst(chunk.count)
        }
    }

    private func bound(_ docs: ArraySlice<UInt32>, _ codes: ArraySlice<UInt32>) -> UInt16 {
        var greatest: Float = 0
        let count = lengths.count
        for (document, code) in zip(docs, codes) {
            var x: Float = 0
            for field in 0..<count {
                let frequency = patterns.frequencies[Int(code) * count + field]
                if frequency > 0 {
                    x += Float(frequency) * norms[field][Int(lengths[field][Int(document)])]
                }
            }
            greatest = max(greatest, x)
        }
        return BlockEntry.bound(greatest)
    }

    private static func bits(_ numbers: UInt32) -> Int { 32 - numbers.leadingZeroBitCount }

    /// The whole segment as it stands in a file.
    consuming func finish(number: UInt64) -> SegmentImage {
        var frequencies: [UInt8] = []
        for count in patterns.counts { frequencies.append(count) }
        for frequency in patterns.frequencies { frequencies.append(frequency) }
        let idBytes = ids.withUnsafeBytes { Array($0) }
        var lengthBytes: [UInt8] = []
        lengthBytes.reserveCapacity(2 * lengths.count * ids.count)
        for field in lengths { field.withUnsafeBytes { lengthBytes += $0 } }
        let parts = [idBytes, lengthBytes, frequencies, blocks.bytes, terms, skips, postings, positions]
        let header = SegmentHeader(
            fieldCount: lengths.count, documentCount: ids.count, number: number, termCount: termCount,
            patternCount: patterns.count, blockCount: blocks.bytes.count / DictionaryBlock.byteCount,
            sections: SegmentHeader.places(of: parts.map(\.count)), fields: fields)
        return SegmentImage(header: header, parts: parts)
    }
}

/// A segment's bytes, as they stand in its file.
struct SegmentImage: Sendable {
    let header: SegmentHeader
    let memory: AlignedBuffer<UInt8>

    init(header: SegmentHeader, parts: [[UInt8]]) {
        self.header = header
        // Zeroed, and larger by what vector instructions read behind the end.
        memory = AlignedBuffer(count: header.fileByteCount + SegmentHeader.slack)
        let base = UnsafeMutableRawPointer(memory.base)
        for (section, part) in zip(header.sections, parts) where !part.isEmpty {
            // Bounds: sections lie within the file, and were placed for these sizes.
            part.withUnsafeBytes { bytes in
                if let source = bytes.baseAddress {
                    (base + section.lowerBound).copyMemory(from: source, byteCount: bytes.count)
                }
            }
        }
        for chunk in 0..<header.chunkCount {
            let sum = Checksum.of(
                UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[header.chunk(chunk)]))
            base.storeBytes(of: sum, toByteOffset: header.tableOffset + 8 * chunk, as: UInt64.self)
        }
        let table = UnsafeRawBufferPointer(start: base + header.tableOffset, count: 8 * header.chunkCount)
        let page = header.encoded(tableChecksum: Checksum.of(table))
        page.withUnsafeBytes { bytes in
            if let source = bytes.baseAddress { base.copyMemory(from: source, byteCount: bytes.count) }
        }
    }

    /// The file, without what follows it in memory.
    private var bytes: UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(start: memory.base, count: header.fileByteCount)
    }

    /// Writes the segment to `file`.
    func write(to file: FileDescriptor, disk: Disk) throws(VectorIndexError) {
        let step = 1 << 20
        for offset in stride(from: 0, to: bytes.count, by: step) {
            let piece = UnsafeRawBufferPointer(rebasing: bytes[offset..<min(offset + step, bytes.count)])
            try disk.write(piece, to: file, at: offset)
        }
    }
}

extension SegmentHeader {
    /// The bytes of the file that a chunk holds.
    func chunk(_ number: Int) -> Range<Int> {
        let start = Self.byteCount + number * Self.chunkByteCount
        return start..<min(start + Self.chunkByteCount, tableOffset)
    }
}

extension [UInt8] {
    /// Appends a number in LEB128: seven bits a byte, the lowest first.
    mutating func appendNumber(_ number: some FixedWidthInteger & UnsignedInteger) {
        var rest = number
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    /// Appends a number as it lies in memory.
    mutating func append<T: FixedWidthInteger>(_ value: T) {
        Swift.withUnsafeBytes(of: value) { self += $0 }
    }

    /// Appends numbers of `bits` bits.
    mutating func appendPacked(_ numbers: ArraySlice<UInt32>, bits: Int) {
        guard bits > 0, !numbers.isEmpty else { return }
        let start = count
        let added = (numbers.count * bits + 7) / 8
        append(contentsOf: repeatElement(0, count: added))
        withUnsafeMutableBufferPointer { bytes in
            numbers.withUnsafeBufferPointer { numbers in
                guard let target = bytes.baseAddress, let source = numbers.baseAddress else { return }
                // Bounds: as many bytes as the numbers take were appended, zeroed.
                mk_pack(source, numbers.count, UInt32(bits), target + start)
            }
        }
    }
}
