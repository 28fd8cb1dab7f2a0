import Corpus

/// What a set of questions says about retrieval and answers.
public struct EvaluationReport: Sendable, Codable {
    public var questions = 0
    /// By mode: `vector`, `keyword`, `hybrid`.
    public var retrieval: [String: RetrievalScores] = [:]
    /// Of `hybrid`, by the questions' kind.
    public var byKind: [String: RetrievalScores] = [:]
    public var abstention = AbstentionScores()
    /// Of the answered ones: the share whose citations name a page that answers.
    public var citationPrecision = 0.0
    /// Restricted passages that reached a reader who may not see them: must be 0.
    public var leaks = 0
    public var failures: [Failure] = []

    /// A question that went wrong, for a person to look at.
    public struct Failure: Sendable, Codable, Hashable {
        public var id: String
        public var question: String
        public var problem: String
    }
}

/// Saying “I don't know” as a decision: positive is to abstain.
public struct AbstentionScores: Sendable, Codable, Hashable {
    public var abstainedRightly = 0
    public var abstainedWrongly = 0
    public var answeredWrongly = 0
    public var answeredRightly = 0

    public var precision: Double {
        let abstained = abstainedRightly + abstainedWrongly
        return abstained == 0 ? 0 : Double(abstainedRightly) / Double(abstained)
    }

    public var recall: Double {
        let unanswerable = abstainedRightly + answeredWrongly
        return unanswerable == 0 ? 0 : Double(abstainedRightly) / Double(unanswerable)
    }

    enum CodingKeys: String, CodingKey {
        case abstainedRightly, abstainedWrongly, answeredWrongly, answeredRightly
    }
}

/// Runs a set of questions against a corpus.
public struct Evaluation: Sendable {
    let qa: QuestionAnswering
    let scopes: any ReadScopes
    let flow: String

    /// - Parameter scopes: of the corpus that `qa` asks.
    public init(
        _ qa: QuestionAnswering, scopes: any ReadScopes, flow: String = QuestionAnswering.defaultFlow
    ) {
        self.qa = qa
        self.scopes = scopes
        self.flow = flow
    }

    /// - Parameter progress: called with how many questions are done.
    public func run(
        _ questions: [EvaluationQuestion], progress: (Int) -> Void = { _ in }
    ) async throws -> EvaluationReport {
        var report = EvaluationReport()
        report.questions = questions.count
        for mode in SearchMode.allCases { report.retrieval[mode.rawValue] = RetrievalScores() }
        var cited = (right: 0, all: 0)
        for (number, question) in questions.enumerated() {
            try Task.checkCancellation()
            if question.isAnswerable { try await measureRetrieval(question, &report) }
            try await measureAnswer(question, &report, &cited)
            if let forbidden = question.forbiddenPrincipals {
                try await measureLeaks(question, reader: Reader(forbidden), &report)
            }
            progress(number + 1)
        }
        report.retrieval = report.retrieval.mapValues { $0.finish() }
        report.byKind = report.byKind.mapValues { $0.finish() }
        report.citationPrecision = cited.all == 0 ? 0 : Double(cited.right) / Double(cited.all)
        return report
    }

    private func measureRetrieval(
        _ question: EvaluationQuestion, _ report: inout EvaluationReport
    ) async throws {
        let gains = Dictionary(question.pages.map { ($0, 1.0) }, uniquingKeysWith: { first, _ in first })
        let reader = Reader(question.principals)
        for mode in SearchMode.allCases {
            let ranking = try await ranking(question.question, mode: mode, reader: reader)
            report.retrieval[mode.rawValue]?.add(ranking, gains: gains)
            if mode == .hybrid {
                report.byKind[question.kind, default: RetrievalScores()].add(ranking, gains: gains)
                if !ranking.prefix(10).contains(where: { gains[$0] != nil }) {
                    report.failures.append(
                        .init(
                            id: question.id, question: question.question,
                            problem: "not among the first ten pages"))
                }
            }
        }
    }

    /// Titles of pages, best first. A comment or an attachment stands for the page it hangs on.
    private func ranking(_ text: String, mode: SearchMode, reader: Reader) async throws -> [String] {
        let query = try RetrievalQuery(text, limit: 200)
        var seen: Set<String> = []
        return try await qa.retrieve(query, mode: mode, scope: scopes.scope(for: reader))
            .map { Self.page($0.chunk) }.filter { seen.insert($0).inserted }
    }

    private static func page(_ chunk: StoredChunk) -> String {
        switch chunk.kind {
        case .page, .blogPost: chunk.title
        case .comment, .attachment: chunk.ancestors.last?.title ?? chunk.title
        }
    }

    private func measureAnswer(
        _ question: EvaluationQuestion, _ report: inout EvaluationReport,
        _ cited: inout (right: Int, all: Int)
    ) async throws {
        let scope = scopes.scope(for: Reader(question.principals))
        let answer = try await qa.run(Question(question.question), scope: scope, flow: flow).answer
        func fail(_ problem: String) {
            report.failures.append(.init(id: question.id, question: question.question, problem: problem))
        }
        switch (question.isAnswerable, answer.abstained) {
        case (false, true): report.abstention.abstainedRightly += 1
        case (true, false): report.abstention.answeredRightly += 1
        case (true, true):
            report.abstention.abstainedWrongly += 1
            fail("abstained, although \(question.pages.joined(separator: ", ")) answers")
        case (false, false):
            report.abstention.answeredWrongly += 1
            fail("answered, although nothing answers: \(answer.text)")
        }
        guard question.isAnswerable, !answer.abstained else { return }
        cited.all += 1
        if answer.citations.contains(where: { question.pages.contains(Self.page($0.passage.chunk)) }) {
            cited.right += 1
        } else {
            let pages = answer.citations.map { Self.page($0.passage.chunk) }.joined(separator: ", ")
            fail("cites \(pages), not \(question.pages.joined(separator: ", "))")
        }
    }

    /// Searches as a reader who may not see the answer; none of its pages may come back.
    private func measureLeaks(
        _ question: EvaluationQuestion, reader: Reader, _ report: inout EvaluationReport
    ) async throws {
        for mode in SearchMode.allCases {
            let ranking = try await ranking(question.question, mode: mode, reader: reader)
            for page in Set(ranking).intersection(question.pages) {
                report.leaks += 1
                report.failures.append(
                    .init(
                        id: question.id, question: question.question,
                        problem: "LEAK: \(page) reached a forbidden reader"))
            }
        }
    }
}
