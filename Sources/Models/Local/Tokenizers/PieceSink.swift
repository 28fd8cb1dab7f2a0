/// Where pieces go: into an array, with their places in the text or without, or only counted.
struct PieceSink {
    /// Empty if the sink only counts.
    private(set) var ids: [Int32] = []
    /// For each id its UTF-8 range in the text that it was scanned from, if ``keepsSources``; empty ranges
    /// for ids that are from no text.
    private(set) var sources: [Range<Int>] = []
    private(set) var count = 0
    let keepsSources: Bool
    private let keepsIDs: Bool
    private let limit: Int

    /// Counts pieces and keeps none.
    init() { (keepsIDs, keepsSources, limit) = (false, false, .max) }

    /// Keeps pieces; is full at `limit`.
    init(limit: Int, startingWith id: Int32, keepsSources: Bool = false) {
        (keepsIDs, self.keepsSources, self.limit) = (true, keepsSources, limit)
        ids.reserveCapacity(min(limit, 256) + 16)
        append(id)
    }

    var isFull: Bool { count >= limit }

    /// - Parameters:
    ///   - start: where the piece starts in its text; of no meaning unless sources are kept.
    ///   - end: where it ends.
    @inline(__always)
    mutating func append(_ id: Int32, _ start: Int = 0, _ end: Int = 0) {
        if keepsIDs { ids.append(id) }
        if keepsSources { sources.append(start..<end) }
        count += 1
    }

    mutating func removeAll(after length: Int) {
        if keepsIDs { ids.removeSubrange(length...) }
        if keepsSources { sources.removeSubrange(length...) }
        count = length
    }
}
