import Concurrency
import Corpus
import Flow

/// Answers a question from what was answered before, from a run that goes on, or by a run that others may join.
struct CachedAnswering: Sendable {
    let run: AnswerRun
    let corpus: any PassageStore
    let cache: AnswerCache
    /// Of the flow: ``CacheableFlow/digest(_:parts:)``.
    let digest: String

    private enum Source {
        case kept(KeptAnswer, Duration)
        case run(AnswerReader, isOwn: Bool)
        /// The run itself, alone.
        case alone
    }

    /// To the answer, in the calling task.
    func result() async throws -> FlowResult {
        switch try await source() {
        case .kept(let answer, let duration): return answer.served(in: duration)
        case .alone: return try await run.result()
        case .run(let reader, let isOwn):
            let result = try await reader.flight.result()
            withExtendedLifetime(reader) {}
            guard let result else { throw CancellationError() }
            return isOwn ? result : result.unpaid
        }
    }

    /// The same events in the same order, whichever it is; a kept answer's stages are those of serving it.
    func events() -> PulledSequence<FlowEvent> {
        PulledSequence(beginning: {
            switch try await source() {
            case .kept(let answer, let duration):
                var events = answer.events(in: duration).makeIterator()
                return { events.next() }
            case .alone:
                var iterator = run.events().makeAsyncIterator()
                return { try await iterator.next() }
            case .run(let reader, let isOwn):
                var position = 0
                return {
                    guard let event = try await reader.flight.event(at: position) else { return nil }
                    position += 1
                    if case .finished(let result) = event, !isOwn { return .finished(result.unpaid) }
                    return event
                }
            }
        })
    }

    private func source() async throws -> Source {
        let clock = ContinuousClock()
        let start = clock.now
        while true {
            switch try await look() {
            case .kept(let answer): return .kept(answer, clock.now - start)
            case .unknown: return .alone
            case .open(let key):
                switch cache.join(key, patience: run.timeout / 2) {
                case .joined(let reader): return .run(reader, isOwn: false)
                case .granted(let reader):
                    begin(reader.flight, key)
                    return .run(reader, isOwn: true)
                // Looked at again, in a snapshot as any other.
                case .kept: continue
                }
            }
        }
    }

    /// Looks in a snapshot of the caller, and keeps none while it waits.
    private func look() async throws -> AnswerCache.Look {
        do {
            return try await corpus.withSnapshot(for: run.scope) { [cache, digest, question = run.question] in
                try cache.look(question, digest: digest, in: $0)
            }
        } catch let error as CancellationError {
            throw error
        } catch {
            throw QAError(error, flow: run.plan.name, component: KeptAnswer.stage)
        }
    }

    private func begin(_ flight: AnswerFlight, _ key: AnswerCache.Key) {
        let shared = SharedAnswering(run: run, corpus: corpus, cache: cache, key: key)
        flight.begin(shared?.events() ?? run.events()) { [cache, corpus, scope = run.scope] result, told in
            let answer = KeptAnswer(result, told: told)
            // Whoever cannot look whether it may be kept does not keep it; the answer itself is none the worse.
            let isKept = try? await corpus.withSnapshot(for: scope) {
                try cache.keep(answer, for: key, in: $0)
            }
            if isKept == true { shared?.tell(answer) }
        } close: { [cache, weak flight] in
            if let flight { cache.close(flight, key) }
        }
    }
}
