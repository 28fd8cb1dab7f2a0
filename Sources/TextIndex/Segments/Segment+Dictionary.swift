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
        return try walk.find(key) ? walk.entry : nil
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
    private var bytes: TermBytes
    private let termCount: Int
    /// Where the section of dictionary blocks begins.
    private let blocks: UnsafeRawPointer
    private(set) var key: [UInt8] = []
    private(set) var entry = TermEntry(documentCount: 0, postings: 0..<0, positions: 0..<0, firstSkip: 0)
    /// Terms before the next one.
    private var passed = 0
    private var nextPostings = 0
    private var nextPositions = 0
    private var nextSkip = 0

    /// From the first term on.
    init(_ segment: Segment) {
        bytes = TermBytes(segment)
        termCount = segment.header.termCount
        blocks = segment.base + segment.header[.blocks].lowerBound
    }

    /// From the last block on that begins with no larger a key. `nil` if there are no terms.
    init?(_ segment: Segment, from target: [UInt8]) throws(TextIndexError) {
        self.init(segment)
        var (low, high) = (0, segment.header.blockCount)
        guard high > 0 else { return nil }
        while high - low > 1 {
            let middle = (low + high) / 2
            bytes.offset = Int(load(middle, 0, as: UInt32.self))
            guard try bytes.number() == 0 else { throw segment.damaged("block \(middle) begins amid a key") }
            if Self.compare(try bytes.suffix(), target, from: 0).order > 0 {
                high = middle
            } else {
                low = middle
            }
        }
        passed = low * DictionaryBlock.termCount
        bytes.offset = 0
    }

    /// Negative, 0 or positive as the key is before, is, or is after `other`.
    func order(against other: [UInt8]) -> Int {
        key.withUnsafeBytes { Self.compare($0, other, from: 0).order }
    }

    private func load<T: BitwiseCopyable>(_ block: Int, _ field: Int, as type: T.Type) -> T {
        // Bounds: `block` is below `blockCount`, for which the section was found to have room.
        blocks.loadUnaligned(fromByteOffset: block * DictionaryBlock.byteCount + field, as: type)
    }

    /// Goes to the next term; false behind the last.
    mutating func next() throws(TextIndexError) -> Bool {
        guard passed < termCount else { return false }
        if try beginBlock() { key.removeAll(keepingCapacity: true) }
        let shared = try bytes.number()
        guard shared <= key.count else {
            throw bytes.segment.damaged("term \(passed) shares more than there is")
        }
        key.removeLast(key.count - shared)
        key += try bytes.suffix()
        try readEntry()
        try checkEntry()
        return true
    }

    /// Goes to the term `target`, whose block this is at the beginning of, and says whether there is one. Keys are
    /// not put together for that: as they ascend, it is enough to know how much of `target` the last one had.
    mutating func find(_ target: [UInt8]) throws(TextIndexError) -> Bool {
        var matched = 0
        let end = min(passed + DictionaryBlock.termCount, termCount)
        while passed < end {
            if try beginBlock() { matched = 0 }
            let shared = try bytes.number()
            let rest = try bytes.suffix()
            // The last key was before `target` where they part. One that parts from it earlier is behind both; one
            // that parts later is still before.
            if shared < matched { return false }
            if shared == matched {
                let (common, order) = Self.compare(rest, target, from: matched)
                matched += common
                if order > 0 { return false }
                try readEntry()
                guard order == 0 else { continue }
                try checkEntry()
                return true
            }
            try readEntry()
        }
        return false
    }

    /// How many bytes `rest` has in common with `target` from `first` on, and which of the two is larger.
    private static func compare(
        _ rest: UnsafeRawBufferPointer, _ target: [UInt8], from first: Int
    ) -> (common: Int, order: Int) {
        target.withUnsafeBufferPointer { target in
            let most = min(rest.count, target.count - first)
            var common = 0
            while common < most, rest[common] == target[first + common] { common += 1 }
            if common < most { return (common, rest[common] < target[first + common] ? -1 : 1) }
            let left = target.count - first
            return (common, rest.count == left ? 0 : rest.count < left ? -1 : 1)
        }
    }

    /// Reads what is said of a block, if the next term begins one.
    private mutating func beginBlock() throws(TextIndexError) -> Bool {
        guard passed % DictionaryBlock.termCount == 0 || bytes.offset == 0 else { return false }
        let block = passed / DictionaryBlock.termCount
        bytes.offset = Int(load(block, 0, as: UInt32.self))
        nextSkip = Int(load(block, 4, as: UInt32.self))
        let (postings, positions) = (load(block, 8, as: UInt64.self), load(block, 16, as: UInt64.self))
        guard postings <= 1 << 40, positions <= 1 << 40 else {
            throw bytes.segment.damaged("block \(block) begins outside its sections")
        }
        (nextPostings, nextPositions) = (Int(postings), Int(positions))
        return true
    }

    private mutating func readEntry() throws(TextIndexError) {
        let count = try bytes.number()
        let (postings, positions) = (try bytes.number(), try bytes.number())
        entry = TermEntry(
            documentCount: count, postings: nextPostings..<nextPostings + postings,
            positions: nextPositions..<nextPositions + positions, firstSkip: nextSkip)
        (nextPostings, nextPositions) = (entry.postings.upperBound, entry.positions.upperBound)
        if entry.hasSkips { nextSkip += entry.blockCount }
        passed += 1
    }

    private func checkEntry() throws(TextIndexError) {
        let header = bytes.segment.header
        guard 1...max(header.documentCount, 1) ~= entry.documentCount,
            entry.postings.lowerBound >= 0, entry.postings.upperBound <= header[.postings].count,
            entry.positions.lowerBound >= 0, entry.positions.upperBound <= header[.positions].count,
            nextSkip <= header[.skips].count / BlockEntry.byteCount
        else { throw bytes.segment.damaged("term \(passed - 1) lies outside its section") }
    }
}
