import Synchronization

/// What people call the sources, by the ledgers that ``SyncLedger`` knows them as.
final class LedgerNames: Sendable {
    private let names = Mutex<[String: String]>([:])

    var ledgers: [String] { names.withLock { $0.keys.sorted() } }

    func name(of ledger: String) -> String? { names.withLock { $0[ledger] } }

    func set(_ name: String?, of ledger: String) { names.withLock { $0[ledger] = name } }
}
