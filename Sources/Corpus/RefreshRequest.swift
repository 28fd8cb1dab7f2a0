/// Something of a source that must be read anew, because somebody said that it changed.
public struct RefreshRequest: Hashable, Sendable {
    /// What to read, in the source's terms.
    public var target: String
    /// Grows with every request for the same target, so that one that comes in meanwhile is not lost.
    public var sequence: Int64
    /// How often it was tried in vain.
    public var attempts: Int

    public init(target: String, sequence: Int64, attempts: Int) {
        self.target = target
        self.sequence = sequence
        self.attempts = attempts
    }
}
