import Logging
import Synchronization
import Workspace

/// Whether a queue of runs can be used, as those who send to it and receive from it have found in this process.
///
/// Where it cannot, runs are taken from the database until it can. Both turns are told once each.
public final class JobQueueHealth: Sendable {
    /// What failed or went well.
    enum Side: Hashable, Sendable { case sending, receiving }

    private let failures = Mutex<[Side: JobQueueError]>([:])
    private let logger: Logger

    public init(logger: Logger) {
        self.logger = logger
    }

    /// Whether runs are taken from the database now.
    public var isDown: Bool { failures.withLock { !$0.isEmpty } }

    /// Why; `nil` while the queue can be used.
    public var failure: JobQueueError? {
        failures.withLock { $0[.receiving] ?? $0[.sending] }
    }

    func failed(_ side: Side, _ error: JobQueueError) {
        let isNew = failures.withLock { failures in
            defer { failures[side] = error }
            return failures.isEmpty
        }
        guard isNew else { return }
        logger.error(
            "the queue of runs cannot be used; runs are taken from the database until it can",
            metadata: ["millrace.reason": "\(error)"])
    }

    func worked(_ side: Side) {
        let isNew = failures.withLock { failures in
            guard failures.removeValue(forKey: side) != nil else { return false }
            return failures.isEmpty
        }
        if isNew { logger.notice("the queue of runs can be used again") }
    }
}
