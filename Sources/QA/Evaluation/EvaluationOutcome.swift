import Corpus

/// What became of one question: all that the figures are made of, and the trace for a person.
///
/// Reports are compared by these, so its JSON keys stay as they are.
public struct EvaluationOutcome: Sendable, Codable {
    /// A passage that the writer was given.
    public struct Passage: Sendable, Codable, Hashable {
        /// 1-based, the number that it is cited by.
        public var rank: Int
        public var page: String
        /// Its headings, outermost first.
        public var headings: [String]
        public var vectorRank: Int?
        public var keywordRank: Int?
        public var score: Double
        public var isRight: Bool
        public var isCited: Bool
    }

    public struct Stage: Sendable, Codable, Hashable {
        public var component: String
        public var milliseconds: Double
    }

    public var id: String
    public var question: String
    public var kind: String
    public var language: String?
    /// Questions asked before, for a person to read.
    public var earlier: [String]
    public var expectedPages: [String]
    public var expectedAnswer: String?

    public var said: String
    public var generator: String
    public var isAnswerable: Bool
    public var withheld: Bool
    public var isRight: Bool
    var basis: AnswerGrade.Basis
    public var exactMatch: Bool?
    public var tokenF1: Double?
    public var confidence: Double?
    var citations: CitationCounts
    /// Whether any citation names a right page.
    public var citesRightPage: Bool
    /// Pages that reached somebody who may not see them.
    public var leaks: [String]

    /// By mode, and `ask` for what the writer was given: this question's retrieval scores.
    public var retrieval: [String: RetrievalScores]
    /// Of the hybrid search: the first ten pages.
    public var firstPages: [String]
    public var passages: [Passage]
    public var stages: [Stage]
    public var milliseconds: Double
    /// The trace that it came about in, as tracers name it; `nil` where nothing was traced.
    public var trace: String?

    /// What went wrong, each in a sentence; empty when nothing did.
    public var problems: [String] {
        var problems = leaks.map { "LEAK: \($0) reached a forbidden reader" }
        let pages = expectedPages.joined(separator: ", ")
        if !isAnswerable, !withheld { problems.append("answered, although nothing answers") }
        if isAnswerable, withheld {
            problems.append("withheld, although \(pages.isEmpty ? "there is an answer" : "\(pages) answers")")
        }
        if isAnswerable, !withheld, !isRight {
            problems.append("answered wrongly (judged by \(basis.rawValue))")
        }
        if !expectedPages.isEmpty, !withheld, !citesRightPage {
            let cited = passages.filter(\.isCited).map(\.page).joined(separator: ", ")
            problems.append("cites \(cited.isEmpty ? "nothing" : cited), not \(pages)")
        }
        if citations.forged > 0 { problems.append("\(citations.forged) forged citations") }
        if citations.stray > 0 { problems.append("\(citations.stray) markers that point nowhere") }
        if isAnswerable, retrieval["ask"]?.recallAt10 == 0 {
            problems.append("no right page reached the writer")
        }
        return problems
    }
}

extension EvaluationOutcome {
    init(_ question: EvaluationQuestion, _ result: FlowResult) {
        let answer = result.answer
        let pages = Set(question.pages)
        // Sentences carry no markers, whose numbers would count as words of the answer.
        let sentences = answer.sentences.isEmpty ? [answer.text] : answer.sentences.map(\.text)
        // A guardrail's words in place of an answer are none.
        let isSilent = answer.abstained || (answer.withheld != nil && answer.citations.isEmpty)
        let text = isSilent ? "" : sentences.joined(separator: "\n")
        let cited = Set(answer.citations.map(\.passage.chunk.id))
        citesRightPage = answer.citations.contains { pages.contains(PageTitle.title(of: $0.passage.chunk)) }
        let grade = AnswerGrade(
            question, said: text, withheld: isSilent, citesRightPage: citesRightPage)
        (id, self.question, kind) = (question.id, question.question, question.kind)
        (language, earlier) = (question.language, question.history.map(\.question))
        (expectedPages, expectedAnswer) = (question.pages, question.answer)
        (said, generator) = (answer.text, answer.generator)
        (isAnswerable, withheld) = (question.isAnswerable, isSilent)
        (isRight, basis, exactMatch, tokenF1) = (grade.isRight, grade.basis, grade.exactMatch, grade.tokenF1)
        confidence = answer.confidence
        citations = CitationCounts(answer, pages: pages)
        leaks = []
        retrieval = [:]
        firstPages = []
        passages = answer.passages.enumerated().map { offset, passage in
            let page = PageTitle.title(of: passage.chunk)
            return Passage(
                rank: offset + 1, page: page, headings: passage.chunk.headingPath,
                vectorRank: passage.rank.vectorRank, keywordRank: passage.rank.keywordRank,
                score: passage.score, isRight: pages.contains(page), isCited: cited.contains(passage.chunk.id)
            )
        }
        stages = result.stages.map { Stage(component: $0.component, milliseconds: $0.milliseconds) }
        milliseconds = result.totalMilliseconds
    }
}
