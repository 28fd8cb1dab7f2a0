import Concurrency
import Text

/// Answers by quoting: the sentences, items and rows of the passages that answer, nothing invented.
///
/// Units of evidence are weighed by meaning (their vectors are kept with the passages) and by words; the most
/// promising are read together with the question by a small model; a calibrated combiner of all of this gives the
/// probability that a unit answers. When the best unit is not likely enough, nothing answers, and the generator says
/// so. A question of two parts is answered part by part.
public struct ExtractiveGenerator: Generator {
    public struct Configuration: Sendable, Hashable {
        /// Units told at most, what they bring along not counted.
        public var maxSentences = 3
        /// Units of each part that are read together with the question.
        public var unitsRead = 4
        /// 0…1: how likely a unit must answer, when the request does not say.
        public var requiredConfidence = 0.5
        /// A further unit needs this share of the best one's probability.
        public var furtherShare = 0.85
        /// Bytes of a list that is told whole.
        public var listByteLimit = 900

        public init() {}
    }

    public let name = "extractive"
    let embedder: any Embedder
    let reader: (any PassageReading)?
    let configuration: Configuration

    /// The same, reading another number of units of each part.
    public func reading(units: Int) -> ExtractiveGenerator {
        var configuration = configuration
        configuration.unitsRead = units
        return ExtractiveGenerator(embedder: embedder, reader: reader, configuration: configuration)
    }

    /// How likely a unit must answer when a request does not say.
    public var requiredConfidence: Double { configuration.requiredConfidence }

    /// - Parameter reader: `nil` goes by meaning and words alone.
    public init(
        embedder: any Embedder, reader: (any PassageReading)? = nil,
        configuration: Configuration = Configuration()
    ) {
        self.embedder = embedder
        self.reader = reader
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
        return try await events(for: asked)
    }

    private func unsupported(_ feature: String) -> ModelsError {
        .unsupportedRequest(generator: name, feature: feature)
    }

    func events(for asked: GroundedQuestion) async throws -> [GenerationEvent] {
        let verdicts = try await verdicts(for: asked)
        let required = asked.requiredConfidence ?? configuration.requiredConfidence
        let composer = AnswerComposer(passages: asked.passages, configuration: configuration)
        let told = verdicts.map { composer.quotations($0, required: required) }
        let likely = verdicts.map { $0.judged.first?.probability ?? 0 }
        guard told.contains(where: { !$0.isEmpty }) else {
            return [.confidence(likely.max() ?? 0)] + composer.nearest(verdicts).map { .nearest($0) }
                + [.finished(.noAnswer)]
        }
        var events: [GenerationEvent] = []
        var unknown: [String] = []
        var seen: Set<Quotation> = []
        for (part, quotations) in zip(asked.parts, told) {
            if quotations.isEmpty { unknown.append(part.text) }
            events += quotations.filter { seen.insert($0).inserted }.map { .quotation($0) }
        }
        events += unknown.map { .unanswered($0) }
        let answered = zip(likely, told).filter { !$0.1.isEmpty }.map(\.0)
        return events + [.confidence(answered.min() ?? 0), .finished(.complete)]
    }

    /// What was found for each part.
    func verdicts(for asked: GroundedQuestion) async throws -> [EvidenceJudge.Verdict] {
        guard !asked.passages.isEmpty else { return [] }
        let judge = EvidenceJudge(reader: reader, configuration: configuration)
        let parts = try await embedded(asked)
        if parts.count == 1, let part = parts.first {
            return [try await verdict(part, asked.passages, judge, number: nil)]
        }
        // None knows of another, so that each may have a core of its own.
        var verdicts = [EvidenceJudge.Verdict?](repeating: nil, count: parts.count)
        try await withThrowingTaskGroup(of: (Int, EvidenceJudge.Verdict).self) { group in
            for (number, part) in parts.enumerated() {
                group.addTask { (number, try await verdict(part, asked.passages, judge, number: number)) }
            }
            for try await (number, verdict) in group { verdicts[number] = verdict }
        }
        return verdicts.compactMap(\.self)
    }

    /// A part that was completed from the conversation is read as it was typed too, with the pages that the
    /// conversation was about: these say what it leaves out, and no wording can be wrong.
    private func verdict(
        _ part: GroundedQuestion.Part, _ passages: [GroundedQuestion.Passage], _ judge: EvidenceJudge,
        number: Int?
    ) async throws -> EvidenceJudge.Verdict {
        let completed = try await judge.judge(part, passages, number: number)
        guard let typed = part.typed, typed != part.text, passages.contains(where: \.isRecalled) else {
            return completed
        }
        let vector =
            passages.contains { $0.evidence != nil }
            ? try await embedder.embed([typed], purpose: .query).first : nil
        let asTyped = try await judge.judge(
            GroundedQuestion.Part(text: typed, vector: vector), passages, number: number, recalled: true)
        return asTyped.likelihood > completed.likelihood + Self.typedGain ? asTyped : completed
    }

    /// How much likelier something must answer a question as it was typed than as it was completed.
    ///
    /// Of 262 follow-ups of `studio`, `hotels` and `insurer` 124 were answered rightly and 22 wrongly without this, 140 and
    /// 31 with it; of 59 that nothing answers 52 and 51 were withheld.
    private static let typedGain = 0.1

    /// The parts with their vectors, as far as some passage has vectors to compare them with.
    private func embedded(_ asked: GroundedQuestion) async throws -> [GroundedQuestion.Part] {
        var parts = asked.parts
        let missing = parts.indices.filter { parts[$0].vector == nil }
        guard !missing.isEmpty, asked.passages.contains(where: { $0.evidence != nil }) else { return parts }
        let vectors = try await embedder.embed(missing.map { parts[$0].text }, purpose: .query)
        for (index, vector) in zip(missing, vectors) { parts[index].vector = vector }
        return parts
    }
}
