import Corpus
import Models

extension QuestionAnswering {
    /// Follows one page through everything that a question goes through.
    ///
    /// - Parameters:
    ///   - id: the document's, whether or not the asking person may read it; whoever calls this may.
    ///   - title: its title, as the result names it.
    /// - Throws: as ``run(_:scope:flow:)``.
    public func journey(
        ofDocument id: String, title: String, question: Question, scope: ReadScope
    ) async throws -> PageJourney {
        let beginning = PageJourney(page: title, id: id, lostAt: .rights)
        let query = try await dense.prepare(
            RetrievalQuery(question.text, filter: question.filter, limit: Self.journeyDepth))
        let searched = try await corpus.withSnapshot(for: scope) { [self] snapshot in
            try follow(beginning, query, snapshot)
        }
        guard searched.isGoingOn else { return searched.journey }
        return try await write(searched.journey, question, scope)
    }

    private static let journeyDepth = 1_000

    /// As far as the search goes.
    private func follow(
        _ before: PageJourney, _ query: RetrievalQuery, _ snapshot: any CorpusSnapshot
    ) throws -> (journey: PageJourney, isGoingOn: Bool) {
        var journey = before
        let all = try snapshot.chunkIDs(
            matching: .everything, model: embedder.model.name, inDocuments: [journey.id])
        journey.passages = all.count
        let readable = try snapshot.documentIDs(ofChunks: all)
        guard all.isEmpty || !readable.isEmpty else { return (journey, false) }
        journey.lostAt = .passages
        guard !all.isEmpty else { return (journey, false) }
        let own = Set(all)
        let words = try keyword.rank(query, in: snapshot)
        let meaning = try dense.rank(query, in: snapshot)
        journey.words = Self.place(of: own, in: words) { $0.keywordShare ?? 0 }
        journey.meaning = Self.place(of: own, in: meaning) { $0.vectorScore ?? 0 }
        journey.lostAt = journey.meaning == nil ? .meaning : .fusion
        var open = configuration.fusion
        open.floor = RelevanceFloor(score: 0)
        let depth = open.depth
        let fused = open.fuse(
            vector: Array(meaning.prefix(depth)), keyword: Array(words.prefix(depth)), limit: 2 * depth)
        journey.fusion = Self.place(of: own, in: fused) { $0.score }
        guard let place = journey.fusion else { return (journey, false) }
        let floor = configuration.fusion.floor.least(fused, knowsWords: !words.isEmpty)
        journey.floor = floor
        journey.lostAt = .floor
        let isExact = fused.contains { own.contains($0.id) && $0.isExact }
        guard place.score >= floor || isExact else { return (journey, false) }
        journey.lostAt = .prompt
        return (journey, true)
    }

    /// From what the writer is given to what it cites.
    private func write(
        _ before: PageJourney, _ question: Question, _ scope: ReadScope
    ) async throws -> PageJourney {
        var journey = before
        guard let asked = try await grounding(of: question, scope: scope) else { return journey }
        journey.given = asked.passages.count
        let result = try await run(question, scope: scope)
        journey.cited = result.answer.citations.map(\.passage.chunk.title)
        let isCited = result.answer.citations.contains { $0.passage.chunk.documentID == journey.id }
        guard isCited || asked.passages.contains(where: { $0.title == journey.page }) else { return journey }
        journey.lostAt = isCited ? .cited : .writer
        guard let writer = generator as? ExtractiveGenerator else { return journey }
        let best = try await writer.evidence(for: asked).filter { $0.title == journey.page }
            .max { $0.probability < $1.probability }
        journey.statement = best?.statement
        journey.probability = best?.probability
        journey.requiredConfidence = question.requiredConfidence ?? writer.requiredConfidence
        return journey
    }

    private static func place(
        of own: Set<Int64>, in ranked: [RankedPassage], score: (RankedPassage) -> Double
    ) -> PageJourney.Place? {
        guard let offset = ranked.firstIndex(where: { own.contains($0.id) }), let first = ranked.first else {
            return nil
        }
        return PageJourney.Place(
            rank: offset + 1, score: score(ranked[offset]), best: score(first), count: ranked.count)
    }
}
