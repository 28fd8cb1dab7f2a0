import Corpus
import Foundation
import Synchronization

/// A store that notes what is written and read, and stops working after so many of either.
final class WatchedStore: ConditionalBlobStore {
    struct Stopped: Error {}

    private struct State {
        var writes = Int.max
        var reads = Int.max
        var isStopped = false
        var written: [String] = []
    }

    private let store: any ConditionalBlobStore
    private let state: Mutex<State>

    init(_ store: any ConditionalBlobStore, writes: Int = .max, objectReads: Int = .max) {
        self.store = store
        state = Mutex(State(writes: writes, reads: objectReads))
    }

    /// Keys in the order in which they were written.
    var written: [String] { state.withLock { $0.written } }

    private func check() throws {
        if state.withLock({ $0.isStopped }) { throw Stopped() }
    }

    private func noteWrite(_ key: String) throws {
        let isAllowed = state.withLock { state in
            guard !state.isStopped, state.writes > 0 else {
                state.isStopped = true
                return false
            }
            state.writes -= 1
            state.written.append(key)
            return true
        }
        guard isAllowed else { throw Stopped() }
    }

    func blob(at key: String) async throws -> Data? {
        try check()
        if key.contains("/objects/") {
            let isAllowed = state.withLock { state in
                guard state.reads > 0 else {
                    state.isStopped = true
                    return false
                }
                state.reads -= 1
                return true
            }
            guard isAllowed else { throw Stopped() }
        }
        return try await store.blob(at: key)
    }

    func put(_ data: Data, at key: String) async throws {
        try noteWrite(key)
        try await store.put(data, at: key)
    }

    func put(_ data: Data, at key: String, ifTag tag: String?) async throws -> Bool {
        try noteWrite(key)
        return try await store.put(data, at: key, ifTag: tag)
    }

    func taggedBlob(at key: String) async throws -> TaggedBlob? {
        try check()
        return try await store.taggedBlob(at: key)
    }

    func remove(_ key: String) async throws {
        try check()
        try await store.remove(key)
    }

    func list(under prefix: String) async throws -> [BlobEntry] {
        try check()
        return try await store.list(under: prefix)
    }
}
