/// How old figures are that others may change, and whether they are being read anew.
///
/// A doubt that is raised while something is read counts for what comes of it: it may be from before the change.
struct FigureAge: Sendable {
    /// What had been doubted when a reading began.
    struct Mark: Sendable, Hashable {
        fileprivate var doubts: UInt64
    }

    private let freshness: Duration
    private var readAt = ContinuousClock.now
    private var doubts: UInt64 = 0
    /// Of the reading behind the figures, where one is under way.
    private var reading: Mark?

    /// Figures that were read now.
    init(freshness: Duration) {
        self.freshness = freshness
    }

    /// Whether they are to be read anew before they are used.
    var isOld: Bool { ContinuousClock.now - readAt >= freshness }

    /// What a reading that begins now is taken in with.
    var mark: Mark { Mark(doubts: doubts) }

    /// Whether the caller is to have old figures read anew, which is then counted on.
    mutating func beginsReading() -> Bool {
        guard reading == nil, isOld else { return false }
        reading = mark
        return true
    }

    /// The reading that was counted on has ended, whether or not it came to something: the next one has time.
    mutating func endReading() {
        if let reading { wereRead(since: reading) }
        reading = nil
    }

    /// They were read from `mark` on.
    mutating func wereRead(since mark: Mark) {
        if mark.doubts == doubts { readAt = .now }
    }

    /// Somebody has told of a change: they are old, whenever they were read.
    mutating func doubt() {
        readAt = .now - freshness
        doubts &+= 1
    }
}
