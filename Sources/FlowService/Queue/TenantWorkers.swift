import Synchronization

/// Who carries out the runs of which tenant in this process, where one queue tells of the runs of all of them.
public final class TenantWorkers: Sendable {
    private struct State {
        var named: [String: RunWorker] = [:]
        var others: RunWorker?
    }

    private let state = Mutex(State())

    public init() {}

    /// - Parameter tenant: `nil` for all that have no worker of their own.
    public func add(_ worker: RunWorker, for tenant: String? = nil) {
        state.withLock { state in
            if let tenant { state.named[tenant] = worker } else { state.others = worker }
        }
    }

    /// Who may have a run of a tenant's, in the order to be asked: one that was stored before its tenant had a worker of its
    /// own lies with the others'.
    func workers(for tenant: String) -> [RunWorker] {
        state.withLock { [$0.named[tenant], $0.others].compactMap(\.self) }
    }

    var all: [RunWorker] {
        state.withLock { state in
            [state.others].compactMap(\.self) + state.named.sorted { $0.key < $1.key }.map(\.value)
        }
    }
}
