import Concurrency
import Corpus
import Flow
import Foundation
import Synchronization

/// A run that other processes need not repeat: they are asked first whether they have answered, or do so now.
///
/// It lasts as long as the run: the claim of one that fails, or that nobody reads any more, goes with it.
final class SharedAnswering: Sendable {
    private let run: AnswerRun
    private let corpus: any PassageStore
    private let cache: AnswerCache
    private let key: AnswerCache.Key
    private let shared: SharedKey
    private let sharing: ResultSharing
    /// To be told to other processes.
    private let turn = Mutex<SharedTurn?>(nil)

    /// - Returns: `nil` where nothing is shared, or what this process finds is its own.
    init?(run: AnswerRun, corpus: any PassageStore, cache: AnswerCache, key: AnswerCache.Key) {
        guard let sharing = cache.sharing, let shared = sharing.key(key) else { return nil }
        self.run = run
        self.corpus = corpus
        self.cache = cache
        self.key = key
        self.sharing = sharing
        self.shared = shared
    }

    /// Another process's answer as one that was kept, else the run's own events.
    func events() -> PulledSequence<FlowEvent> {
        PulledSequence(beginning: { [self] in
            let clock = ContinuousClock()
            let start = clock.now
            let outcome = try await sharing.results.turn(
                shared, claim: sharing.claim, patience: run.timeout / 2, renews: true)
            if case .kept(let data) = outcome, let answer = try await answer(data) {
                var events = answer.events(in: clock.now - start).makeIterator()
                return { events.next() }
            }
            if case .granted(let turn) = outcome { self.turn.withLock { $0 = turn } }
            var iterator = run.events().makeAsyncIterator()
            return { try await iterator.next() }
        })
    }

    /// Tells other processes an answer that was kept here.
    func tell(_ answer: KeptAnswer) {
        let turn = turn.withLock { turn in
            defer { turn = nil }
            return turn
        }
        guard let turn else { return }
        turn.end(with: try? JSONEncoder().encode(SharedAnswer(answer)))
    }

    /// What another process answered, over passages of this caller's snapshot; `nil` when it is nothing for this one.
    private func answer(_ data: Data) async throws -> KeptAnswer? {
        guard let told = try? JSONDecoder().decode(SharedAnswer.self, from: data) else { return nil }
        do {
            return try await corpus.withSnapshot(for: run.scope) { [cache, key] snapshot in
                // The caller's rights may have gone while another process was asked.
                try cache.isStill(key, in: snapshot) ? try told.answer(in: snapshot) : nil
            }
        } catch let error as CancellationError {
            throw error
        } catch {
            throw QAError(error, flow: run.plan.name, component: KeptAnswer.stage)
        }
    }
}
