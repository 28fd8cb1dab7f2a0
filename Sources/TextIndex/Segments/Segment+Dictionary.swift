import VectorIndex

/// Where a term's postings are. Everything has been found to lie within its section.
struct TermEntry: Sendable {
    /// Documents that have the term, also those deleted since.
    var documentCount: Int
    /// Bytes of the section of postings.
    var postings: Range<Int>
    /// Bytes of the section of positions.
    var positions: Range<Int>
    /// The number of the first skip entry, if there are more postings than one block has.
    var firstSkip: Int

    var blockCount: Int {
        (documentCount + BlockEntry.postingCount - 1) / BlockEntry.postingCount
    }

    var hasSkips: Bool { documentCount > BlockEntry.postingCount }
}

extension Segment {
    /// The entry of a key.
    func entry(of key: [UInt8]) throws(TextIndexError) -> TermEntry? {
        guard var walk = try DictionaryWalk(self, from: key) else { return nil }
        while try walk.next() {
            switch walk.order(against: key) {
            case 0: return walk.entry
            case 1: return nil
            default: continue
            }
        }
        return nil
    }

    /// Calls `body` with every key that begins with `prefix`, ascending, and its entry.
    func forEachEntry(
        beginningWith prefix: [UInt8], _ body: ([UInt8], TermEntry) throws(TextIndexError) -> Void
    ) throws(TextIndexError) {
        guard var walk = try DictionaryWalk(self, from: prefix) else { return }
        while try walk.next() {
            if walk.key.starts(with: prefix) {
                try body(walk.key, walk.entry)
            } else if walk.order(against: prefix) > 0 {
                return
            }
        }
    }
}

/// Goes through the dictionary of a segment from some key on.
struct DictionaryWalk {
    private let segment: Segment
    private(set) var key: [UInt8] = []
    private(set) var entry = TermEntry(documentCount: 0, postings: 0..<0, positions: 0..<0, firstSkip: 0)
    /// Terms before the next one.
    private var passed: Int
    private var offset = 0
    private var nextPostings = 0
    private var nextPositions = 0
    private var nextSkip = 0

    /// From the first term on.
    init(_ segment: Segment) {
        self.segment = segment
        passed = 0
    }

    /// From the last block on that begins with no larger a key. `nil` if there are no terms.
    init?(_ segment: Segment, from target: [UInt8]) throws(TextIndexError) {
        self.init(segment)
        var (low, high) = (0, segment.header.blockCount)
        guard high > 0 else { return nil }
        while high - low > 1 {
            let middle = (low + high) / 2
            if try isBlock(middle, after: target) { high = middle } else { low = middle }
        }
        passed = low * DictionaryBlock.termCount
    }

    /// Negative, 0 or positive as the key is before, is, or is after `other`.
    func order(against other: [UInt8]) -> Int { key.withUnsafeBytes { Self.order($0, other) } }

    private static func order(_ left: UnsafeRawBufferPointer, _ right: [UInt8]) -> Int {
        for place in 0..<min(left.count, right.count) where left[place] != right[place] {
            return left[place] < right[place] ? -1 : 1
        }
        return left.count == right.count ? 0 : left.count < right.count ? -1 : 1
    }

    /// Whether the first key of a block is larger than `target`.
    private func isBlock(_ block: Int, after target: [UInt8]) throws(TextIndexError) -> Bool {
        var offset = try start(of: block)
        guard try number(&offset) == 0 else { throw segment.damaged("block \(block) begins amid a key") }
        let bytes = try suffix(&offset)
        return Self.order(bytes, target) > 0
    }

    private func start(of block: Int) throws(TextIndexError) -> Int {
        Int(load(block, 0, as: UInt32.self))
    }

    private func load<T: BitwiseCopyable>(_ block: Int, _ field: Int, as type: T.Type) -> T {
        // Bounds: `block` is below `blockCount`, for which the section was found to have room.
        let start = segment.header[.blocks].lowerBound + block * DictionaryBlock.byteCount
        return segment.base.loadUnaligned(fromByteOffset: start + field, as: type)
    }

    /// Goes to the next term; false behind the last.
    mutating func next() throws(TextIndexError) -> Bool {
        guard passed < segment.header.termCount else { return false }
        if passed % DictionaryBlock.termCount == 0 || offset == 0 {
            let block = passed / DictionaryBlock.termCount
            offset = try start(of: block)
            nextSkip = Int(load(block, 4, as: UInt32.self))
            nextPostings = Int(truncatingIfNeeded: load(block, 8, as: UInt64.self))
            nextPositions = Int(truncatingIfNeeded: load(block, 16, as: UInt64.self))
            key.removeAll(keepingCapacity: true)
        }
        let shared = try number(&offset)
        guard shared <= key.count else { throw segment.damaged("term \(passed) shares more than there is") }
        key.removeLast(key.count - shared)
        key += try suffix(&offset)
        let count = try number(&offset)
        let (postings, positions) = (try number(&offset), try number(&offset))
        entry = TermEntry(
            documentCount: count, postings: nextPostings..<nextPostings + postings,
            positions: nextPositions..<nextPositions + positions, firstSkip: nextSkip)
        (nextPostings, nextPositions) = (entry.postings.upperBound, entry.positions.upperBound)
        if entry.hasSkips { nextSkip += entry.blockCount }
        passed += 1
        try checkEntry()
        return true
    }

    private func checkEntry() throws(TextIndexError) {
        let header = segment.header
        guard 1...max(header.documentCount, 1) ~= entry.documentCount,
            entry.postings.lowerBound >= 0, entry.postings.upperBound <= header[.postings].count,
            entry.positions.lowerBound >= 0, entry.positions.upperBound <= header[.positions].count,
            nextSkip <= header[.skips].count / BlockEntry.byteCount
        else { throw segment.damaged("term \(passed - 1) lies outside its section") }
    }

    /// Reads a number; below 2⁴².
    private func number(_ offset: inout Int) throws(TextIndexError) -> Int {
        let (section, count) = (segment.header[.terms].lowerBound, segment.header[.terms].count)
        var (value, shift) = (0, 0)
        guard offset < count else { throw segment.damaged("its terms end before a number") }
        // A chunk is found sound before any of its bytes counts.
        try segment.verify(.terms, offset..<min(offset + 6, count))
        while offset < count, shift < 42 {
            let byte = segment.base.load(fromByteOffset: section + offset, as: UInt8.self)
            offset += 1
            value |= Int(byte & 0x7f) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw segment.damaged("its terms end amid a number")
    }

    /// Reads a number and as many bytes.
    private func suffix(_ offset: inout Int) throws(TextIndexError) -> UnsafeRawBufferPointer {
        let length = try number(&offset)
        let (section, count) = (segment.header[.terms].lowerBound, segment.header[.terms].count)
        guard length <= count - offset else { throw segment.damaged("its terms end amid a key") }
        try segment.verify(.terms, offset..<offset + length)
        defer { offset += length }
        // Bounds: checked above.
        return UnsafeRawBufferPointer(start: segment.base + section + offset, count: length)
    }
}
