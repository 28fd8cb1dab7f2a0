import Corpus
import Foundation
import Synchronization

/// A request's claim to rank something for its process, while other processes are asked whether they have.
///
/// Requests of the same process wait for it; when it goes without having ranked, as with a request that was cancelled,
/// they rank for themselves.
final class RankingTurn: Sendable {
    let key: RetrievalCache.Key
    private let cache: RetrievalCache
    private let shared: SharedKey
    private let state = Mutex(State())

    private struct State {
        var isSettled = false
        /// To be told to other processes.
        var turn: SharedTurn?
    }

    init(_ cache: RetrievalCache, _ key: RetrievalCache.Key, _ shared: SharedKey) {
        self.cache = cache
        self.key = key
        self.shared = shared
    }

    deinit {
        if !state.withLock({ $0.isSettled }) { cache.abandon(key) }
    }

    /// Asks other processes; what they know is kept, and found by the next look.
    ///
    /// - Throws: `CancellationError`.
    func ask() async throws {
        guard let sharing = cache.sharing else { return }
        let outcome = try await sharing.results.turn(
            shared, claim: sharing.claim, patience: sharing.patience, renews: false)
        switch outcome {
        case .kept(let data):
            guard let ranked = SharedRanking.passages(data, limit: key.limit) else { return }
            state.withLock { $0.isSettled = true }
            cache.settle(key, .success(ranked))
        case .granted(let turn): state.withLock { $0.turn = turn }
        case .alone: break
        }
    }

    /// What is known by now, else what `body` ranks, which those who wait are told.
    func rank(_ body: () throws -> [RankedPassage]) throws -> [RankedPassage] {
        if state.withLock({ $0.isSettled }), let known = cache.known(key) { return known }
        let result = Result { try body() }
        state.withLock { $0.isSettled = true }
        let isKept = cache.settle(key, result)
        let turn = state.withLock { state in
            defer { state.turn = nil }
            return state.turn
        }
        let ranked = try result.get()
        turn?.end(with: isKept ? SharedRanking.data(ranked) : nil)
        return ranked
    }
}
