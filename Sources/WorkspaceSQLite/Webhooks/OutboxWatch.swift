import GRDB
import Synchronization

/// Wakes somebody after each transaction that has put something into the outbox.
final class OutboxWatch: TransactionObserver, Sendable {
    private let wake: @Sendable () -> Void
    private let hasNews = Mutex(false)

    init(_ wake: @escaping @Sendable () -> Void) {
        self.wake = wake
    }

    func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool {
        switch eventKind {
        case .insert(let table): table == "webhook_delivery"
        // What is replayed waits once more.
        case .update(let table, let columns): table == "webhook_delivery" && columns.contains("state")
        case .delete: false
        }
    }

    func databaseDidChange(with event: DatabaseEvent) {
        hasNews.withLock { $0 = true }
    }

    func databaseDidCommit(_ db: Database) {
        let hasNews = hasNews.withLock { news in
            defer { news = false }
            return news
        }
        if hasNews { wake() }
    }

    func databaseDidRollback(_ db: Database) {
        hasNews.withLock { $0 = false }
    }
}
