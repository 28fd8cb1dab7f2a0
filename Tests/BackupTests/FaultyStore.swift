import Corpus
import Foundation
import Synchronization

/// A store that stops working after so many writes.
final class FaultyStore: BlobStore {
    struct Stopped: Error {}

    enum Fault: Sendable {
        /// Nothing goes through any more, as if the process had been killed.
        case killed
        /// Writes fail with this error; everything else goes on.
        case writes(any Error)
    }

    private let store: any BlobStore
    private let fault: Fault
    private let rest: Mutex<Int>

    init(_ store: any BlobStore, writes: Int, then fault: Fault) {
        self.store = store
        self.fault = fault
        rest = Mutex(writes)
    }

    /// Whether the fault has come.
    var hasStopped: Bool { rest.withLock { $0 < 0 } }

    private func check() throws {
        if case .killed = fault, hasStopped { throw Stopped() }
    }

    func blob(at key: String) async throws -> Data? {
        try check()
        return try await store.blob(at: key)
    }

    func put(_ data: Data, at key: String) async throws {
        let isAllowed = rest.withLock { rest in
            rest -= rest < 0 ? 0 : 1
            return rest >= 0
        }
        guard isAllowed else {
            if case .writes(let error) = fault { throw error }
            throw Stopped()
        }
        try await store.put(data, at: key)
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
