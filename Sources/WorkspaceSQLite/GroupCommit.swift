import Concurrency
import GRDB
import Synchronization
import Workspace

/// Puts writes that come at once into one transaction, so that they wait for the disk together and not one after
/// another.
///
/// While one transaction is on its way to the disk, the writes that come meanwhile gather; they are the next one.
/// So a lone write waits for nobody, and under load a single wait for the disk serves hundreds. A write that fails takes
/// back only itself: the others are done anew without what it did, each within a savepoint of its own. Writes that all
/// succeed, as nearly always, need none. Every caller is answered after the transaction that holds its write has been
/// committed.
final class GroupCommit: Sendable {
    private struct State {
        var waiting: [any PendingWrite] = []
        /// Whether a thread is at it, which looks for more before it stops.
        var isWorking = false
        /// What the connection was last told to wait for; `nil` before that.
        var told: Durability?
    }

    private let database: any DatabaseWriter
    private let path: String
    private let executor = BlockingExecutor(label: "millrace.workspace.write", width: 1)
    private let state = Mutex(State())
    /// Writes of one transaction at most: the first one's caller waits for the last one's work.
    static let limit = 256

    init(_ database: any DatabaseWriter, path: String) {
        self.database = database
        self.path = path
    }

    /// Writes that wait for the next transaction.
    var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// What an acknowledged write survives.
    enum Durability: Sendable {
        /// The end of the process, however it comes. A power cut may take the last moments.
        case process
        /// A power cut too: the disk is waited for.
        case power
    }

    /// Does `body`, all of it or nothing, and returns once it is committed. A caller who is cancelled meanwhile is
    /// answered like any other.
    func write<Value: Sendable>(
        _ durability: Durability = .power, _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(WorkspaceError) -> Value {
        let result: Result<Value, WorkspaceError> = await withCheckedContinuation { continuation in
            enqueue(
                GroupedWrite(
                    durability: durability, body: body, path: path, continuation: continuation))
        }
        return try result.get()
    }

    private func enqueue(_ write: any PendingWrite) {
        let isFirst = state.withLock { state in
            state.waiting.append(write)
            defer { state.isWorking = true }
            return !state.isWorking
        }
        if isFirst { Task(executorPreference: executor) { self.work() } }
    }

    private func work() {
        while let batch = next() { commit(batch) }
    }

    private func next() -> ArraySlice<any PendingWrite>? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.isWorking = false
                return nil
            }
            let batch = state.waiting.prefix(Self.limit)
            state.waiting.removeFirst(batch.count)
            return batch
        }
    }

    private func commit(_ batch: ArraySlice<any PendingWrite>) {
        do {
            // The commit that waits for the disk takes with it whatever was committed before it.
            let waits = batch.contains { $0.durability == .power }
            try database.writeWithoutTransaction { db in
                try tell(db, waits ? .power : .process)
                guard try !performed(batch, db) else { return }
                try db.inTransaction(.immediate) {
                    for write in batch { try perform(write, db) }
                    return .commit
                }
            }
            for write in batch { write.answer(failure: nil) }
        } catch {
            let failure = WorkspaceError(error, path: path)
            // Nothing of the transaction was kept. One write that is too large for the disk must not fail those
            // beside it; a lock that did not come free for one does not for the next.
            if batch.count > 1, !failure.isBusy {
                for write in batch { commit([write]) }
            } else {
                for write in batch { write.answer(failure: failure) }
            }
        }
    }

    /// Says what the next commit waits for, unless it was said already: a statement of this kind is compiled each time.
    private func tell(_ db: Database, _ durability: Durability) throws {
        guard state.withLock({ $0.told }) != durability else { return }
        state.withLock { $0.told = nil }
        try db.run(durability == .power ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL")
        state.withLock { $0.told = durability }
    }

    /// Does all writes in one transaction.
    ///
    /// - Returns: whether it was committed; `false` when one of several failed, and nothing of any was kept.
    /// - Throws: what ended the whole transaction.
    private func performed(_ batch: ArraySlice<any PendingWrite>, _ db: Database) throws -> Bool {
        var failure: (any Error)?
        try db.inTransaction(.immediate) {
            do {
                for write in batch { try write.perform(db) }
                return .commit
            } catch {
                failure = error
                // A full disk and its like have ended the transaction already.
                guard db.isInsideTransaction else { throw error }
                return .rollback
            }
        }
        // A lone one's failure is its answer.
        return failure == nil || batch.count == 1
    }

    /// - Throws: what ended the whole transaction.
    private func perform(_ write: any PendingWrite, _ db: Database) throws {
        try db.run("SAVEPOINT grouped_write")
        do {
            try write.perform(db)
        } catch {
            // A full disk and its like end the whole transaction, not only the savepoint.
            guard db.isInsideTransaction else { throw error }
            try db.run("ROLLBACK TO grouped_write")
        }
        try db.run("RELEASE grouped_write")
    }
}

extension WorkspaceError {
    fileprivate var isBusy: Bool { if case .busy = self { true } else { false } }
}

/// A write whose caller waits.
private protocol PendingWrite: Sendable {
    var durability: GroupCommit.Durability { get }
    /// Does the work; what an earlier call made is forgotten.
    func perform(_ db: Database) throws
    /// Answers the caller, once.
    ///
    /// - Parameter failure: of the transaction; `nil` when it was committed.
    func answer(failure: WorkspaceError?)
}

private final class GroupedWrite<Value: Sendable>: PendingWrite {
    let durability: GroupCommit.Durability
    private let body: @Sendable (Database) throws -> Value
    private let path: String
    private let continuation: CheckedContinuation<Result<Value, WorkspaceError>, Never>
    private let outcome = Mutex<Result<Value, WorkspaceError>?>(nil)

    init(
        durability: GroupCommit.Durability, body: @escaping @Sendable (Database) throws -> Value,
        path: String,
        continuation: CheckedContinuation<Result<Value, WorkspaceError>, Never>
    ) {
        self.durability = durability
        self.body = body
        self.path = path
        self.continuation = continuation
    }

    func perform(_ db: Database) throws {
        do {
            let value = try body(db)
            outcome.withLock { $0 = .success(value) }
        } catch {
            outcome.withLock { $0 = .failure(WorkspaceError(error, path: path)) }
            throw error
        }
    }

    func answer(failure: WorkspaceError?) {
        let outcome = outcome.withLock { $0 }
        switch (failure, outcome) {
        case (let failure?, _): continuation.resume(returning: .failure(failure))
        case (nil, let outcome?): continuation.resume(returning: outcome)
        case (nil, nil):
            continuation.resume(
                returning: .failure(.database(path: path, message: "a write was not carried out")))
        }
    }
}
