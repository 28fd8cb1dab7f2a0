import Concurrency
import Foundation
import Synchronization

/// Tells failures of who sends a file from those of where it is put.
final class SenderFailures: Sendable {
    private let failed = Mutex(false)

    var hasFailed: Bool { failed.withLock { $0 } }

    /// The same pieces.
    func watched(_ pieces: PulledSequence<Data>) -> PulledSequence<Data> {
        PulledSequence { [self] in
            var iterator = pieces.makeAsyncIterator()
            return {
                do {
                    return try await iterator.next()
                } catch {
                    self.failed.withLock { $0 = true }
                    throw error
                }
            }
        }
    }
}
