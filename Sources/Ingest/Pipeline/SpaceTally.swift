import Corpus

/// Parts what a dry run counts by the spaces that it reads, one after another.
struct SpaceTally {
    private(set) var spaces: [IngestReport.PlannedSpace] = []
    /// Where the space that is read now stands in ``spaces``.
    private var current: Int?
    /// What had been counted when it was begun.
    private var before = IngestReport.Pages()
    private var movedBefore = 0

    /// The key of the space that is read now.
    var key: String? { current.map { spaces[$0].key } }

    /// Counts what came since the last call for the space that was read, and goes on with another.
    ///
    /// - Parameters:
    ///   - space: `nil` at the end.
    ///   - pages: everything that was counted so far.
    ///   - moved: documents that were found moved so far.
    mutating func turn(to space: Space?, pages: IngestReport.Pages, moved: Int) {
        if let current {
            spaces[current].pages.add(pages, since: before)
            spaces[current].moved += moved - movedBefore
        }
        (before, movedBefore) = (pages, moved)
        guard let space else {
            current = nil
            return
        }
        if let known = spaces.firstIndex(where: { $0.key == space.key }) {
            current = known
            if spaces[known].name.isEmpty { spaces[known].name = space.name }
        } else {
            spaces.append(IngestReport.PlannedSpace(key: space.key, name: space.name))
            current = spaces.count - 1
        }
    }
}

extension IngestReport.Pages {
    /// Adds what `now` has more than `before`.
    fileprivate mutating func add(_ now: Self, since before: Self) {
        for count in Self.counts { self[keyPath: count] += now[keyPath: count] - before[keyPath: count] }
    }

    private static var counts: [WritableKeyPath<Self, Int>] {
        [
            \.seen, \.added, \.updated, \.unchanged, \.readersChanged, \.removed, \.refreshed, \.failed,
            \.leftOut,
        ]
    }
}
