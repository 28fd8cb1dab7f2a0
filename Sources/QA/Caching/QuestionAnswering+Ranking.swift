import Concurrency
import Corpus
import Foundation

extension QuestionAnswering {
    private enum Step<Value: Sendable>: Sendable {
        case done(Value)
        case underWay(Promise<Void>)
        case elsewhere(RankingTurn)
    }

    /// Ranks passages for a question and gives them to `body`, in one snapshot.
    ///
    /// What another request is ranking just now is waited for, outside of any snapshot, and then looked up in a new one:
    /// it is found there unless the corpus changed, and then it is ranked anew. What other processes may have ranked is
    /// asked for in the same way.
    func withRanking<Value: Sendable>(
        _ query: RetrievalQuery, _ mode: SearchMode, _ scope: ReadScope,
        _ body: @escaping @Sendable ([RankedPassage], any CorpusSnapshot) throws -> Value
    ) async throws -> Value {
        let retriever = retrievers[mode]
        let boosts = configuration.boosts
        let query = try await RequestTrace.part("search embed") { _ in try await retriever.prepare(query) }
        var waits = true
        var turn: RankingTurn?
        while true {
            let (mayWait, asked) = (waits, turn)
            let step = try await corpus.withSnapshot(for: scope) { snapshot -> Step<Value> in
                let ranked: [RankedPassage]
                let attempt = try RequestTrace.immediatePart("search rank") { _ in
                    mayWait
                        ? try retriever.attempt(query, in: snapshot, turn: asked)
                        : .ranked(try retriever.rank(query, in: snapshot))
                }
                switch attempt {
                case .underWay(let promise): return .underWay(promise)
                case .elsewhere(let turn): return .elsewhere(turn)
                case .ranked(let list): ranked = list
                }
                // How old a page is changes with the clock: what boosts make of a ranking is not kept.
                return .done(
                    try RequestTrace.immediatePart("search load") { span in
                        span?.set("millrace.passages", ranked.count)
                        return try body(
                            boosts.ordered(ranked, for: query.text, in: snapshot, now: Date()), snapshot)
                    })
            }
            switch step {
            case .done(let value): return value
            case .underWay(let promise):
                try await promise.value()
                waits = false
            case .elsewhere(let given):
                try await RequestTrace.part("search shared") { _ in try await given.ask() }
                turn = given
            }
        }
    }
}
