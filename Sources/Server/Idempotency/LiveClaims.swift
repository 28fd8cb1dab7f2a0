import Foundation
import Synchronization
import Workspace

/// The claims of requests that this process is carrying out, which are renewed for as long as it does.
///
/// A claim that is not renewed ends by itself, so that a process that has ended holds none for ever. One timer serves all
/// of them, and there is none while nothing is held.
final class LiveClaims: Sendable {
    private struct State {
        var keys: [Int64: ReplyKey] = [:]
        var isTicking = false
    }

    private let store: any ReplyStore
    private let now: @Sendable () -> Date
    private let length: Duration
    private let pace: Duration
    private let state = Mutex(State())

    /// - Parameters:
    ///   - length: how long a claim lasts from when it is renewed.
    ///   - pace: how often all are renewed; several times within `length`, as one may fail.
    init(_ store: any ReplyStore, length: Duration, pace: Duration, now: @escaping @Sendable () -> Date) {
        self.store = store
        self.length = length
        self.pace = pace
        self.now = now
    }

    func hold(_ claim: Int64, of key: ReplyKey) {
        let begins = state.withLock { state in
            state.keys[claim] = key
            defer { state.isTicking = true }
            return !state.isTicking
        }
        // Of nobody's request: it must not end with one of them.
        if begins { Task.detached { await self.tick() } }
    }

    func drop(_ claim: Int64) { state.withLock { _ = $0.keys.removeValue(forKey: claim) } }

    private func tick() async {
        while true {
            try? await Task.sleep(for: pace)
            let held = state.withLock { state in
                if state.keys.isEmpty { state.isTicking = false }
                return state.keys
            }
            guard !held.isEmpty else { return }
            for (claim, key) in held where state.withLock({ $0.keys[claim] != nil }) {
                // What fails is tried again the next time, well before the claim ends.
                try? await store.renew(
                    key, claim: claim, until: now().addingTimeInterval(length / .seconds(1)))
            }
        }
    }
}
