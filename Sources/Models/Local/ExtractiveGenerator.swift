import Concurrency
import Foundation
import Text

/// Answers by quoting: the sentences of the passages that answer, each with its marker, nothing invented.
///
/// A sentence is judged by meaning (cosine to the question) and by words (the share of the question's
/// content words that it holds, rare ones counting more, with its page's title and headings helping). When
/// the best sentence is too weak, nothing answers, and the generator says so.
public struct ExtractiveGenerator: Generator {
    /// The weights and thresholds. The standard ones were fitted on questions about this project's own
    /// handbook; `millrace eval` shows what they do on any other set.
    public struct Configuration: Sendable, Hashable {
        /// Sentences quoted at most.
        public var maxSentences = 3
        /// Candidates whose meaning is compared; the others are left out by their words and rank.
        public var maxCandidates = 32
        /// Least score of the best sentence.
        public var answerThreshold = 0.56
        /// A further sentence needs this share of the best one's score.
        public var furtherShare = 0.86
        public var meaningWeight = 0.6
        public var wordWeight = 0.4
        /// What the best passage adds; the second adds half of it, and so on.
        public var rankWeight = 0.1

        public init() {}
    }

    public let name = "extractive"
    let embedder: any Embedder
    let configuration: Configuration

    public init(embedder: any Embedder, configuration: Configuration = Configuration()) {
        self.embedder = embedder
        self.configuration = configuration
    }

    /// The question asked last with passages is answered; what else the conversation holds is not read.
    ///
    /// The sequence throws ``ModelsError/unsupportedRequest(generator:feature:)`` for tools, a schema, or a
    /// conversation without passages. Stop sequences and token limits do not apply to quotes.
    public func generate(_ request: GenerationRequest) -> PulledSequence<GenerationEvent> {
        PulledSequence {
            var answer: IndexingIterator<[GenerationEvent]>?
            return {
                if answer == nil { answer = try await events(for: request).makeIterator() }
                return answer?.next()
            }
        }
    }

    private func events(for request: GenerationRequest) async throws -> [GenerationEvent] {
        try request.check()
        if !request.tools.isEmpty { throw unsupported("tools") }
        if request.outputFormat != .text { throw unsupported("structured output") }
        guard let asked = request.grounding else {
            throw unsupported("knowledge of its own without passages")
        }
        try Task.checkCancellation()
        let quotes = try await quotes(for: asked)
        let texts = quotes.enumerated().map { offset, quote in
            let lead = offset == 0 ? "" : (quote.isBlock || quotes[offset - 1].isBlock ? "\n" : " ")
            return GenerationEvent.text("\(lead)\(quote.text) [\(quote.marker)]")
        }
        return texts + [.finished(quotes.isEmpty ? .noAnswer : .complete)]
    }

    private func unsupported(_ feature: String) -> ModelsError {
        .unsupportedRequest(generator: name, feature: feature)
    }

    struct Quote: Sendable, Hashable {
        var text: String
        var marker: Int
        /// A line of its own: a list item, a table row, code.
        var isBlock: Bool
    }

    func quotes(for prompt: GroundedQuestion) async throws -> [Quote] {
        let scorer = SentenceScorer(prompt, maxCandidates: configuration.maxCandidates)
        guard !scorer.candidates.isEmpty else { return [] }
        async let questionVectors = embedder.embed([prompt.question], purpose: .query)
        let vectors = try await embedder.embed(scorer.candidates.map(\.embeddedText), purpose: .passage)
        guard let question = try await questionVectors.first else { return [] }
        let scored = zip(scorer.candidates, vectors).map { candidate, vector in
            (candidate: candidate, score: score(candidate, similarity: Self.dot(question, vector)))
        }.sorted { $0.score > $1.score }
        guard let best = scored.first, best.score >= configuration.answerThreshold else { return [] }
        var chosen: [SentenceScorer.Candidate] = []
        var seen: Set<String> = []
        for entry in scored where entry.score >= best.score * configuration.furtherShare {
            guard chosen.count < configuration.maxSentences else { break }
            if seen.insert(entry.candidate.sentence.text).inserted { chosen.append(entry.candidate) }
        }
        return chosen.sorted { ($0.passage, $0.position) < ($1.passage, $1.position) }
            .sorted { left, right in
                left.passage == best.candidate.passage && right.passage != best.candidate.passage
            }
            .flatMap { scorer.quotes(of: $0) }
    }

    private func score(_ candidate: SentenceScorer.Candidate, similarity: Double) -> Double {
        configuration.meaningWeight * similarity + configuration.wordWeight * candidate.wordScore
            + configuration.rankWeight / Double(candidate.passage + 1)
    }

    private static func dot(_ left: [Float], _ right: [Float]) -> Double {
        Double(zip(left, right).reduce(Float(0)) { $0 + $1.0 * $1.1 })
    }
}
