import Concurrency
import TextIndex

extension TextIndexError: RetryableError {
    /// Whether the server that keeps the words was away: the same search may well succeed in a moment.
    public var isRetryable: Bool {
        if case .unavailable = self { true } else { false }
    }
}
