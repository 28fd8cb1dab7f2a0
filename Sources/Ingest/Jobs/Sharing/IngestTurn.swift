import Corpus
import Logging
import Synchronization

/// Lets one reading of a source at a time happen, in the order in which they ask: of this process's, and where several
/// share the database, of all of them.
public final class IngestTurn: Sendable {
    /// How long it waits before it asks again for what another process reads.
    private static let pause = Duration.seconds(2)

    private let lease: TurnLease?
    private struct State {
        var isTaken = false
        var nextID: UInt64 = 0
        var waiting: [(id: UInt64, continuation: CheckedContinuation<Bool, Never>)] = []
    }

    private let state = Mutex(State())

    /// Of a source that no other process reads.
    public convenience init() { self.init(lease: nil) }

    /// Of a source that other processes may read, for one that has no ``IngestJobs``.
    ///
    /// - Parameters:
    ///   - source: as jobs name it.
    ///   - worker: names this process.
    public convenience init(
        ofSource source: String, leases: any SourceLeases, worker: String, logger: Logger
    ) {
        self.init(lease: TurnLease(source: source, worker: worker, leases: leases, logger: logger))
    }

    /// - Parameter lease: `nil` where no other process reads the source.
    init(lease: TurnLease?) {
        self.lease = lease
    }

    /// Does `body` once nobody else is at it.
    ///
    /// - Throws: `CancellationError` when the task is cancelled before its turn; ``CorpusError`` when the database
    ///   cannot say whose turn it is.
    public func hold<Value: Sendable>(_ body: () async -> Value) async throws -> Value {
        guard await take() else { throw CancellationError() }
        defer { pass() }
        guard let lease else { return await body() }
        while true {
            if let value = try await lease.within(body) { return value }
            try await Task.sleep(for: Self.pause)
        }
    }

    /// Does `body` once nobody else of this process is at it, unless another process is.
    ///
    /// - Returns: `nil` when another process is.
    /// - Throws: as ``hold(_:)``.
    func holdUnlessElsewhere<Value: Sendable>(_ body: () async -> Value) async throws -> Value? {
        guard await take() else { throw CancellationError() }
        defer { pass() }
        guard let lease else { return await body() }
        return try await lease.within(body)
    }

    /// - Returns: `false` when the task was cancelled while it waited.
    private func take() async -> Bool {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer = state.withLock { state -> Bool? in
                    if Task.isCancelled { return false }
                    guard state.isTaken else {
                        state.isTaken = true
                        return true
                    }
                    state.waiting.append((id, continuation))
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let left = state.withLock { state in
                state.waiting.firstIndex { $0.id == id }.map { state.waiting.remove(at: $0) }
            }
            left?.continuation.resume(returning: false)
        }
    }

    private func pass() {
        let next = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            guard !state.waiting.isEmpty else {
                state.isTaken = false
                return nil
            }
            return state.waiting.removeFirst().continuation
        }
        next?.resume(returning: true)
    }
}
