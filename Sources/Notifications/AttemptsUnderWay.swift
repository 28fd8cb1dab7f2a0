import Synchronization
import Workspace

/// What a sender sends at this moment, and how much more it may.
final class AttemptsUnderWay: Sendable {
    private let limit: Int
    private let held = Mutex<[String: WebhookLease]>([:])

    /// - Parameter limit: of attempts at once; at least one is.
    init(limit: Int) {
        self.limit = max(1, limit)
    }

    /// How many more may begin.
    var free: Int { held.withLock { limit - $0.count } }
    /// Of all attempts that have begun and not ended.
    var leases: [WebhookLease] { held.withLock { Array($0.values) } }

    func begin(_ leases: [WebhookLease]) {
        held.withLock { held in
            for lease in leases { held[lease.delivery] = lease }
        }
    }

    /// Ends an attempt, but not the next one of its delivery, if that has begun here meanwhile.
    func end(_ lease: WebhookLease) {
        held.withLock { held in
            if held[lease.delivery]?.number == lease.number { held[lease.delivery] = nil }
        }
    }
}
