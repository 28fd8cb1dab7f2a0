import Concurrency
import VectorIndex

extension VectorIndexError: RetryableError {
    /// Whether the server that keeps the vectors was away: the same search may well succeed in a moment.
    public var isRetryable: Bool {
        if case .unavailable = self { true } else { false }
    }
}
