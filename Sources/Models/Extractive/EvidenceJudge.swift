import Text

/// A unit that was read, and how likely it answers.
struct JudgedUnit: Sendable {
    var candidate: EvidenceCandidate
    var reading: Reading?
    var features: EvidenceFeatures
    var probability: Double
}

/// Finds the units that answer one question: weighs all, reads the most promising, judges these.
struct EvidenceJudge: Sendable {
    let reader: (any PassageReading)?
    let configuration: ExtractiveGenerator.Configuration

    /// What was found for a question.
    struct Verdict: Sendable {
        var question: AskedQuestion
        var candidates: EvidenceCandidates
        /// Those that were read, the likeliest first.
        var judged: [JudgedUnit]

        /// Of the likeliest unit; 0 where there is none.
        var likelihood: Double { judged.first?.probability ?? 0 }
    }

    /// - Parameters:
    ///   - number: of the part, from 0, where a question has several.
    ///   - recalled: units of recalled passages alone are read.
    func judge(
        _ part: GroundedQuestion.Part, _ passages: [GroundedQuestion.Passage], number: Int? = nil,
        recalled: Bool = false
    ) async throws -> Verdict {
        let question = AskedQuestion(part.text, typed: part.typed)
        let candidates = EvidenceCandidates(question, passages, vector: part.vector)
        let promising = candidates.all.enumerated()
            .filter {
                !$0.element.unit.text.isEmpty && !Self.asks($0.element.unit)
                    && (!recalled || passages[$0.element.passage].isRecalled)
            }
            .sorted { ($1.element.promise, $0.offset) < ($0.element.promise, $1.offset) }
            .map(\.element)
        let chosen = Self.chosen(Self.distinct(promising), for: question, count: configuration.unitsRead)
        let read = chosen + chosen.compactMap(\.whole)
        var readings: [Reading?] = read.map { _ in nil }
        if let reader, question.isReadable, !read.isEmpty {
            readings = try await reader.read(
                question: part.text,
                passages: read.map { PassageReader.Passage(title: $0.context, text: $0.statement) })
        }
        let bestOfPassage = Dictionary(promising.map { ($0.passage, $0.promise) }, uniquingKeysWith: max)
        let judged = zip(read, readings).enumerated().map { offset, pair in
            let (candidate, reading) = pair
            let others = bestOfPassage.filter { $0.key != candidate.passage }.values.max() ?? 0
            let features = EvidenceFeatures(
                candidate, reading, question: question, unknown: candidates.unknown,
                passageSimilarity: passages[candidate.passage].similarity ?? 0,
                rank: Self.rank(of: candidate.passage, number, among: passages),
                lead: candidate.promise - others)
            return JudgedUnit(
                candidate: candidate, reading: reading, features: features,
                probability: model(question, reading).probability(
                    features, less: offset < chosen.count ? 0 : Self.wholeDiscount))
        }
        // A row that was read twice is told by the columns that the question names, unless all of them answer better.
        var seen: Set<EvidenceCandidate.Place> = []
        return Verdict(
            question: question, candidates: candidates,
            judged: judged.sorted { $0.probability > $1.probability }
                .filter { seen.insert($0.candidate.place).inserted })
    }

    /// What a whole row must be better by, in logits: of two readings one is above a threshold sooner than one alone.
    ///
    /// Of 723 questions that a wide row of `studio`, `hotels` or `insurer` answers, 395 were answered rightly and 46 wrongly
    /// by the named columns alone; with both, near misses withheld as often, 419 and 22.
    private static let wholeDiscount = 0.4

    /// Whether a unit asks, such as the headings of a page of questions: what asks does not answer.
    private static func asks(_ unit: EvidenceUnit) -> Bool {
        let last = unit.text.last { !$0.isWhitespace && !"*_".contains($0) }
        return unit.kind != .row && unit.kind != .code && (last == "?" || last == "？")
    }

    /// What is worth reading: of the most promising, before others what looks like an answer of the kind asked for
    /// and lacks nothing that the question fixes.
    ///
    /// The weights were chosen on the development half of the questions in `fixtures/` and the held-out pages of
    /// `fixtures/reading`: with them the unit that answers is among four in 380 of 405 questions where it is found at
    /// all, and in 379 when of the third and fourth only those are read that are nearly as promising as the first,
    /// which reads 2.8 units instead of 4.
    private static func chosen(
        _ promising: [EvidenceCandidate], for question: AskedQuestion, count: Int
    ) -> [EvidenceCandidate] {
        guard promising.count > count else { return promising }
        let weighed = promising.prefix(max(6 * count, 24)).enumerated().map { offset, candidate in
            let agreement = AnswerShape.agreement(of: candidate.statement, with: question.kind)
            return (
                promise: candidate.promise + 0.1 * agreement - 0.1 * candidate.fixedMissing, offset: offset,
                candidate: candidate
            )
        }
        let best = weighed.sorted { ($1.promise, $0.offset) < ($0.promise, $1.offset) }.prefix(count)
        let least = (best.first?.promise ?? 0) - promiseGap
        return best.enumerated().filter { $0 < alwaysRead || $1.promise >= least }.map(\.element.candidate)
    }

    /// Units that are read however far behind the first.
    private static let alwaysRead = 2
    /// What is farther behind the most promising unit is not worth reading.
    private static let promiseGap = 0.15

    /// The place of a passage among those that were found for a part, from 1. The parts of a question take turns in
    /// the list of its passages, where the best one of the second part stands second.
    private static func rank(
        of passage: Int, _ part: Int?, among passages: [GroundedQuestion.Passage]
    ) -> Int {
        guard let part, passages[passage].part == part else { return passage + 1 }
        return passages[..<passage].count { $0.part == part } + 1
    }

    private func model(_ question: AskedQuestion, _ reading: Reading?) -> AnswerabilityModel {
        reading != nil ? .standard : question.isReadable ? .unread : .words
    }

    /// The same statement under the same heading is read once.
    private static func distinct(_ candidates: [EvidenceCandidate]) -> [EvidenceCandidate] {
        var seen: Set<String> = []
        return candidates.filter { seen.insert($0.statement).inserted }
    }
}
