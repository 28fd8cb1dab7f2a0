import Concurrency
import Corpus
import Synchronization

/// Runs a set of questions against a corpus, on the path that `/v1/ask` runs, with nothing kept of one question for the
/// next: what is measured is the work.
public struct Evaluation: Sendable {
    private(set) var qa: QuestionAnswering
    let scopes: any ReadScopes
    let flow: String
    let concurrency: Int
    private let tracing: (any TraceBeginning)?
    private let owner: TraceOwner?
    private let turn: Turn?

    /// Waits until a question may be asked beside what else goes on, and returns what gives the place back.
    public typealias Turn = @Sendable () async throws -> @Sendable () -> Void

    /// - Parameters:
    ///   - scopes: of the corpus that `qa` asks.
    ///   - concurrency: questions asked at once, 1 or more. The outcomes are the same; latencies are not.
    ///   - tracing: begins a trace for each question, which its outcome names; `nil` and there are none.
    ///   - owner: whose traces these are; `nil` for nobody's.
    ///   - turn: waited for before each question; no question's time counts it. `nil` where nobody else asks.
    public init(
        _ qa: QuestionAnswering, scopes: any ReadScopes, flow: String = QuestionAnswering.defaultFlow,
        concurrency: Int = 1, tracing: (any TraceBeginning)? = nil, owner: TraceOwner? = nil,
        turn: Turn? = nil
    ) {
        precondition(concurrency >= 1, "\(concurrency) questions at once ask nothing")
        self.qa = qa
        self.scopes = scopes
        self.flow = flow
        self.concurrency = concurrency
        self.tracing = tracing
        self.owner = owner
        self.turn = turn
    }

    /// Asks them; the outcomes are in the questions' order.
    ///
    /// - Parameter progress: called with how many questions are done.
    /// - Throws: what answering throws; a question that cannot be asked is no outcome.
    public func outcomes(
        _ questions: [EvaluationQuestion], progress: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws -> [EvaluationOutcome] {
        let done = Tally()
        var evaluation = self
        evaluation.qa = try qa.uncached()
        return try await questions.boundedMap(width: concurrency) { [evaluation] question in
            try Task.checkCancellation()
            let outcome = try await evaluation.inTurn(question)
            progress(done.next())
            return outcome
        }
    }

    private final class Tally: Sendable {
        private let count = Mutex(0)

        func next() -> Int {
            count.withLock { count in
                count += 1
                return count
            }
        }
    }

    private func inTurn(_ question: EvaluationQuestion) async throws -> EvaluationOutcome {
        guard let turn else { return try await traced(question) }
        let giveBack = try await turn()
        defer { giveBack() }
        return try await traced(question)
    }

    /// The outcome with the trace that it came about in.
    private func traced(_ question: EvaluationQuestion) async throws -> EvaluationOutcome {
        guard let span = tracing?.begin("evaluation", name: "evaluation question", for: owner) else {
            return try await outcome(of: question)
        }
        defer { span.end() }
        span.set("millrace.question_id", question.id)
        do {
            var outcome = try await RequestTrace.within(span) { try await self.outcome(of: question) }
            outcome.trace = span.identity?.trace
            span.set("millrace.is_right", outcome.isRight)
            return outcome
        } catch {
            span.fail(error)
            throw error
        }
    }

    private func outcome(of question: EvaluationQuestion) async throws -> EvaluationOutcome {
        var outcome = EvaluationOutcome(question, try await ask(question, Reader(question.principals)))
        if !question.pages.isEmpty { try await measureRetrieval(question, &outcome) }
        if let forbidden = question.forbiddenPrincipals {
            outcome.leaks = try await leaks(question, Reader(forbidden))
        }
        return outcome
    }

    private func ask(_ question: EvaluationQuestion, _ reader: Reader) async throws -> FlowResult {
        let asked = try Question(question.question, conversation: question.history)
        return try await qa.run(asked, scope: scopes.scope(for: reader), flow: flow)
    }

    private func measureRetrieval(
        _ question: EvaluationQuestion, _ outcome: inout EvaluationOutcome
    ) async throws {
        let gains = Dictionary(question.pages.map { ($0, 1.0) }, uniquingKeysWith: { first, _ in first })
        outcome.retrieval["ask"] = RetrievalScores(Self.distinct(outcome.passages.map(\.page)), gains: gains)
        // A follow-up alone is not what is looked for; what the conversation makes of it is under `ask`.
        guard question.history.isEmpty else { return }
        let scope = scopes.scope(for: Reader(question.principals))
        var found: [SearchMode: [RetrievedChunk]] = [:]
        for mode in SearchMode.allCases {
            let passages = try await passages(question.question, mode, scope)
            found[mode] = passages
            outcome.retrieval[mode.rawValue] = RetrievalScores(Self.pages(passages), gains: gains)
            if mode == .hybrid { outcome.firstPages = Array(Self.pages(passages).prefix(10)) }
        }
        let plain = RetrievalScores(Self.pages(PlainFusion.fuse(found)), gains: gains)
        outcome.retrieval[PlainFusion.name] = plain
    }

    private func passages(
        _ text: String, _ mode: SearchMode, _ scope: ReadScope
    ) async throws -> [RetrievedChunk] {
        try await qa.retrieve(RetrievalQuery(text, limit: 200), mode: mode, scope: scope)
    }

    /// Titles, best first, each at its best passage.
    private static func pages(_ passages: [RetrievedChunk]) -> [String] {
        distinct(passages.map { PageTitle.title(of: $0.chunk) })
    }

    private static func distinct(_ pages: [String]) -> [String] {
        var seen: Set<String> = []
        return pages.filter { seen.insert($0).inserted }
    }

    /// Searches and asks as a reader who may not see the answer; the pages of it that came back, with where.
    private func leaks(_ question: EvaluationQuestion, _ reader: Reader) async throws -> [String] {
        let hidden = Set(question.pages)
        let scope = scopes.scope(for: reader)
        var leaks: [String] = []
        for mode in SearchMode.allCases {
            let pages = Self.pages(try await passages(question.question, mode, scope))
            leaks += hidden.intersection(pages).sorted().map { "\($0) (\(mode.rawValue))" }
        }
        let answer = try await ask(question, reader).answer
        let reached = answer.passages + answer.related.map(\.passage) + answer.citations.map(\.passage)
        leaks += hidden.intersection(Self.pages(reached)).sorted().map { "\($0) (ask)" }
        return leaks
    }
}

/// Both lists fused by rank alone, as Cormack et al. (2009) do: what any other fusion must beat.
enum PlainFusion {
    static let name = "rrf60"

    static func fuse(_ found: [SearchMode: [RetrievedChunk]]) -> [RetrievedChunk] {
        let lists = [found[.vector] ?? [], found[.keyword] ?? []]
        let known = Dictionary(
            lists.joined().map { ($0.chunk.id, $0) }, uniquingKeysWith: { first, _ in first })
        return reciprocalRankFusion(lists.map { $0.map(\.chunk.id) }, k: 60).compactMap { known[$0.id] }
    }
}
