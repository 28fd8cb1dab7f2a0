/// What the server is given to tell of itself at `/metrics`.
public struct ServedMetrics: Sendable {
    /// What runs take; the same one that ``RunMetrics/metering(_:price:)`` was asked of.
    public var runs: RunMetrics
    /// How many documents the index of words holds now; `nil` and it is left out.
    public var wordCount: (@Sendable () -> Int)?
    /// Whether other machines may read `/metrics`. Without this, only who asks from this machine may.
    public var isOpenToOthers: Bool

    public init(
        runs: RunMetrics = RunMetrics(), wordCount: (@Sendable () -> Int)? = nil, isOpenToOthers: Bool = false
    ) {
        self.runs = runs
        self.wordCount = wordCount
        self.isOpenToOthers = isOpenToOthers
    }
}
