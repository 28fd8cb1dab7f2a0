import VectorIndex

/// What a query asks of a match apart from its score, in one segment.
final class Conditions {
    /// Whether no document of the segment can meet them.
    let isImpossible: Bool
    private let required: [[DocumentCursor]]
    private let excluded: [DocumentCursor]
    /// All groups, if more of them than one must be there, or if it is not the score that tells.
    private let counted: [[DocumentCursor]]
    private let minimum: Int
    private let phrases: [PhraseMatcher]
    private let buffer = AlignedBuffer<UInt64>(count: SegmentWalk.width / 64)
    /// One bit a document of the window.
    private let bits: UnsafeMutablePointer<UInt64>

    /// - Parameter countsGroups: whether documents without any group must be told apart here.
    init(_ plan: QueryPlan, view number: Int, countsGroups: Bool = false) throws(TextIndexError) {
        bits = buffer.base
        let view = plan.snapshot.views[number]
        func cursors(_ terms: [PlannedTerm]) throws(TextIndexError) -> [DocumentCursor] {
            var cursors: [DocumentCursor] = []
            for term in terms {
                guard let entry = term.entries[number] else { continue }
                cursors.append(DocumentCursor(try PostingReader(view.segment, entry)))
            }
            return cursors
        }
        var required: [[DocumentCursor]] = []
        for group in plan.groups where group.isRequired { required.append(try cursors(group.terms)) }
        var phrases: [PhraseMatcher] = []
        for phrase in plan.phrases {
            for term in phrase.terms { required.append(try cursors([term])) }
            if phrase.terms.count > 1, phrase.terms.allSatisfy({ $0.entries[number] != nil }) {
                phrases.append(try PhraseMatcher(phrase, view.segment, number))
            }
        }
        func size(_ cursors: [DocumentCursor]) -> Int {
            cursors.reduce(0) { $0 + $1.reader.entry.documentCount }
        }
        isImpossible = plan.isEmpty || required.contains { $0.isEmpty }
        self.required = required.sorted { size($0) < size($1) }
        self.phrases = phrases
        excluded = try cursors(plan.excluded)
        minimum = plan.minimumMatch
        var counted: [[DocumentCursor]] = []
        if minimum > 1 || countsGroups, minimum > 0 {
            for group in plan.groups { counted.append(try cursors(group.terms)) }
        }
        self.counted = counted.filter { !$0.isEmpty }
        checksCounts = minimum > 1 || countsGroups && minimum > 0
    }

    private let checksCounts: Bool

    var hasPhrases: Bool { !phrases.isEmpty }

    /// Whether some documents fail for another reason than their score.
    var needsMask: Bool { !required.isEmpty || !excluded.isEmpty || checksCounts }

    /// Clears the bits of documents that do not meet the conditions, phrases apart. Ranges ascend.
    func restrict(_ mask: UnsafeMutablePointer<UInt64>, to range: Range<UInt32>) throws(TextIndexError) {
        let wordCount = (range.count + 63) / 64
        for cursors in required {
            collect(cursors, range)
            var any: UInt64 = 0
            for word in 0..<wordCount {
                mask[word] &= bits[word]
                any |= mask[word]
            }
            try check(cursors)
            if any == 0 { return }
        }
        if !excluded.isEmpty {
            collect(excluded, range)
            for word in 0..<wordCount { mask[word] &= ~bits[word] }
            try check(excluded)
        }
        if checksCounts { try restrictByCount(mask, to: range) }
    }

    private func restrictByCount(
        _ mask: UnsafeMutablePointer<UInt64>, to range: Range<UInt32>
    ) throws(TextIndexError) {
        let wordCount = (range.count + 63) / 64
        var counts = [UInt16](repeating: 0, count: wordCount * 64)
        for cursors in counted {
            collect(cursors, range)
            for word in 0..<wordCount {
                var rest = bits[word] & mask[word]
                while rest != 0 {
                    counts[word * 64 + rest.trailingZeroBitCount] += 1
                    rest &= rest - 1
                }
            }
            try check(cursors)
        }
        for word in 0..<wordCount {
            var enough: UInt64 = 0
            for bit in 0..<64 where counts[word * 64 + bit] >= minimum { enough |= 1 << UInt64(bit) }
            mask[word] &= enough
        }
    }

    /// The documents of a range that have any of some terms, in `bits`.
    private func collect(_ cursors: [DocumentCursor], _ range: Range<UInt32>) {
        bits.update(repeating: 0, count: SegmentWalk.width / 64)
        for cursor in cursors { cursor.addBits(in: range, to: bits) }
    }

    private func check(_ cursors: [DocumentCursor]) throws(TextIndexError) {
        for cursor in cursors { if let damage = cursor.reader.damage { throw damage } }
    }

    /// Whether a document, which has all their terms, has the phrases. Documents ascend.
    func phrasesMatch(_ document: UInt32) throws(TextIndexError) -> Bool {
        for phrase in phrases where try !phrase.matches(document) { return false }
        return true
    }
}

/// Looks whether terms stand together.
package final class PhraseMatcher {
    private let cursors: [DocumentCursor]
    private let positions: [PositionReader]
    private let offsets: [Int]
    private let slop: Int
    private let fieldCount: Int

    /// - Parameter number: of the view, whose segment has all terms of the phrase.
    init(_ phrase: QueryPlan.Phrase, _ segment: Segment, _ number: Int) throws(TextIndexError) {
        var cursors: [DocumentCursor] = []
        var positions: [PositionReader] = []
        for term in phrase.terms {
            guard let entry = term.entries[number] else { continue }
            let reader = try PostingReader(segment, entry)
            cursors.append(DocumentCursor(reader))
            positions.append(try PositionReader(reader))
        }
        (self.cursors, self.positions) = (cursors, positions)
        offsets = phrase.offsets.map { Int($0) }
        (slop, fieldCount) = (phrase.slop, segment.header.fieldCount)
    }

    /// Whether a document has the phrase in some field. Documents ascend.
    func matches(_ document: UInt32) throws(TextIndexError) -> Bool {
        guard cursors.count == offsets.count else { return false }
        var places: [[[UInt32]]] = []
        for (cursor, reader) in zip(cursors, positions) {
            guard let place = cursor.find(document) else { return false }
            places.append(try reader.positions(place))
        }
        return (0..<fieldCount).contains { field in
            Self.isTogether(
                zip(places, offsets).map { positions, offset in positions[field].map { Int($0) - offset } },
                within: slop)
        }
    }

    /// Whether one number of each list can be chosen so that all are within `slop` of each other.
    ///
    /// The least of the chosen is exchanged for its successor until its list ends.
    ///
    /// - Parameter lists: each ascending.
    package static func isTogether(_ lists: [[Int]], within slop: Int) -> Bool {
        guard lists.allSatisfy({ !$0.isEmpty }) else { return false }
        var next = [Int](repeating: 0, count: lists.count)
        while true {
            var (least, greatest) = (0, Int.min)
            for list in lists.indices {
                greatest = max(greatest, lists[list][next[list]])
                if lists[list][next[list]] < lists[least][next[least]] { least = list }
            }
            if greatest - lists[least][next[least]] <= slop { return true }
            next[least] += 1
            if next[least] == lists[least].count { return false }
        }
    }
}
