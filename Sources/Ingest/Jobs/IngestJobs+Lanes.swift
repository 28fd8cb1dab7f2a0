import Corpus
import Sourcing
import Synchronization

/// What is read, one job of each at a time. Sources may come and go while others are read.
extension IngestJobs {
    struct Lane: Sendable {
        var source: any JobSource
        let turn: IngestTurn
        /// Has its jobs looked for at once; `nil` while nobody works on it.
        var wake: AsyncStream<Void>.Continuation?
    }

    /// Everything that is read, but for files that somebody sends.
    public var sources: [any JobSource] {
        lanes.filter { $0.id != uploads?.id && $0.id != earlierUploads?.id }
    }

    /// The same with files that somebody sends.
    var lanes: [any JobSource] {
        state.withLock { state in state.laneOrder.compactMap { state.lanes[$0]?.source } }
    }

    func lane(_ id: String) -> (any JobSource)? { state.withLock { $0.lanes[id]?.source } }

    /// The turn that jobs of a source take, for whoever else reads it; `nil` for a source that is not there.
    public func turn(of source: String) -> IngestTurn? { state.withLock { $0.lanes[source]?.turn } }

    /// Reads a source from now on. One of the same id takes the place of the one that is there; what is being read goes
    /// on as it began.
    public func add(_ source: any JobSource) {
        let description = source.description
        if !description.ledger.isEmpty { ledgers.set(description.name, of: description.ledger) }
        let opening = state.withLock { state -> AsyncStream<String>.Continuation? in
            guard state.lanes[source.id] == nil else {
                state.lanes[source.id]?.source = source
                return nil
            }
            state.lanes[source.id] = Lane(source: source, turn: IngestTurn(lease: turnLease(of: source.id)))
            state.laneOrder.append(source.id)
            return state.openings
        }
        opening?.yield(source.id)
    }

    private func turnLease(of source: String) -> TurnLease? {
        leases.map { TurnLease(source: source, worker: worker, leases: $0, logger: logger) }
    }

    /// Reads a source no more. Its jobs must have ended: what waits would wait for ever.
    public func remove(source id: String) {
        let lane = state.withLock { state in
            state.laneOrder.removeAll { $0 == id }
            return state.lanes.removeValue(forKey: id)
        }
        guard let lane else { return }
        ledgers.set(nil, of: lane.source.description.ledger)
        lane.wake?.finish()
    }

    /// A reading of a source that touches nothing that belongs to another one.
    ///
    /// - Parameter ledger: as ``SyncLedger`` knows the source.
    public func claimed(
        _ documents: any DocumentSource, ledger: String, isDryRun: Bool = false
    ) -> any DocumentSource {
        guard !ledger.isEmpty else { return documents }
        return ClaimedSource(
            base: documents, ledger: ledger, claims: claims, store: store, isDryRun: isDryRun)
    }

    func wake(_ source: String) {
        let wake = state.withLock { $0.lanes[source]?.wake }
        wake?.yield()
    }

    /// The lanes that there are, then those that come.
    func openings() -> AsyncStream<String> {
        let (openings, opening) = AsyncStream<String>.makeStream()
        state.withLock { state in
            state.openings = opening
            for id in state.laneOrder { opening.yield(id) }
        }
        return openings
    }

    /// - Returns: whether the lane is still there.
    func begin(lane id: String, _ wake: AsyncStream<Void>.Continuation) -> Bool {
        state.withLock { state in
            guard state.lanes[id] != nil else { return false }
            state.lanes[id]?.wake = wake
            return true
        }
    }
}
