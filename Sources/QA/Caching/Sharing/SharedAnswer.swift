import Corpus
import Foundation
import Models

/// A whole answer as it is kept for other processes.
///
/// Passages stand in it by their ids: whoever reads it loads them in a snapshot of its own caller, who is shown nothing
/// else.
struct SharedAnswer: Codable, Sendable {
    private struct Sentence: Codable {
        var text: String
        var citations: [Int]
        var isSupported: Bool
    }

    private struct Marker: Codable {
        var number: Int
        var start: Int
        var end: Int
    }

    private struct Quoted: Codable {
        var marker: Int
        /// Begins and ends by turns.
        var quotes: [Int]
    }

    private struct Told: Codable {
        var passages: SharedRanking?
        var token: String?
        var number: Int?
        var passage: Int?
    }

    private var flow: String
    private var question: String
    private var text: String
    private var abstained: Bool
    private var confidence: Double?
    private var sentences: [Sentence]
    private var unanswered: [String]
    private var markers: [Marker]
    private var cited: SharedRanking
    private var citations: [Quoted]
    private var related: SharedRanking
    /// Begins and ends by turns, of each related passage.
    private var relatedQuotes: [[Int]]
    private var strayMarkers: [Int]
    private var passages: SharedRanking
    /// Of all passages as they were shown.
    private var contents: String
    private var generator: String
    private var hasUsage: Bool
    private var hasCost: Bool
    private var told: [Told]

    init(_ kept: KeptAnswer) {
        let answer = kept.result.answer
        flow = kept.result.flow
        question = answer.question
        text = answer.text
        abstained = answer.abstained
        confidence = answer.confidence
        sentences = answer.sentences.map {
            Sentence(text: $0.text, citations: $0.citations, isSupported: $0.isSupported)
        }
        unanswered = answer.unanswered
        markers = answer.markers.map {
            Marker(number: $0.number, start: $0.range.lowerBound, end: $0.range.upperBound)
        }
        cited = SharedRanking(answer.citations.map(\.passage.rank))
        citations = answer.citations.map { citation in
            Quoted(
                marker: citation.marker, quotes: citation.quotes.flatMap { [$0.lowerBound, $0.upperBound] })
        }
        related = SharedRanking(answer.related.map(\.passage.rank))
        relatedQuotes = answer.related.map { $0.quotes.flatMap { [$0.lowerBound, $0.upperBound] } }
        strayMarkers = answer.strayMarkers
        passages = SharedRanking(answer.passages.map(\.rank))
        contents = Self.digest(kept.passages)
        generator = answer.generator
        hasUsage = answer.usage != nil
        hasCost = answer.cost != nil
        told = kept.told.compactMap { event in
            switch event {
            case .passages(let list): Told(passages: SharedRanking(list.map(\.rank)))
            case .token(let text): Told(token: text)
            case .citation(let number, let passage): Told(number: number, passage: passage)
            case .stageBegan, .stageEnded, .finished: nil
            }
        }
    }

    /// The answer over passages of `snapshot`; `nil` when it does not hold one of them as it was, or the parts do not fit.
    func answer(in snapshot: any PassageSnapshot) throws(CorpusError) -> KeptAnswer? {
        let lists = [cited, related, passages] + told.compactMap(\.passages)
        var ids: Set<Int64> = []
        for list in lists {
            guard let ranked = list.passages else { return nil }
            ids.formUnion(ranked.map(\.id))
        }
        let shown = try snapshot.chunks(ids.sorted())
        let chunks = Dictionary(shown.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        guard chunks.count == ids.count, Self.digest(shown) == contents, let answer = answer(chunks) else {
            return nil
        }
        var events: [FlowEvent] = []
        for part in told {
            if let list = part.passages {
                guard let loaded = Self.loaded(list, chunks) else { return nil }
                events.append(.passages(loaded))
            } else if let token = part.token {
                events.append(.token(token))
            } else if let number = part.number, let passage = part.passage {
                events.append(.citation(number: number, passage: passage))
            }
        }
        return KeptAnswer(
            FlowResult(flow: flow, answer: answer, stages: [], totalMilliseconds: 0), told: events)
    }

    /// Of what passages say and where they stand.
    ///
    /// The key names the database's last change. A database that lost its last changes, as with a backup that was put back
    /// or a server that took over before it had all of them, gives their numbers to others: what rests on lost ones is told
    /// by this.
    private static func digest(_ passages: [StoredChunk]) -> String {
        let texts = passages.sorted { $0.id < $1.id }.flatMap {
            ["\($0.id)", $0.documentID, $0.spaceKey, $0.title, $0.text]
        }
        // With its length before each, no two lists read the same.
        return ContentHash.of(texts.map { "\($0.utf8.count):\($0)" }.joined())
    }

    private func answer(_ chunks: [Int64: StoredChunk]) -> Answer? {
        guard let cited = Self.loaded(cited, chunks), let related = Self.loaded(related, chunks),
            let passages = Self.loaded(passages, chunks), cited.count == citations.count
        else { return nil }
        var quoted: [Citation] = []
        for (citation, passage) in zip(citations, cited) {
            guard let quotes = Self.ranges(citation.quotes, within: passage.chunk.text.utf8.count) else {
                return nil
            }
            quoted.append(Citation(marker: citation.marker, passage: passage, quotes: quotes))
        }
        guard relatedQuotes.count == related.count else { return nil }
        var nearest: [RelatedPassage] = []
        for (quotes, passage) in zip(relatedQuotes, related) {
            guard let ranges = Self.ranges(quotes, within: passage.chunk.text.utf8.count) else { return nil }
            nearest.append(RelatedPassage(passage: passage, quotes: ranges))
        }
        var places: [AnswerMarker] = []
        for marker in markers {
            guard let ranges = Self.ranges([marker.start, marker.end], within: text.utf8.count),
                let range = ranges.first
            else { return nil }
            places.append(AnswerMarker(number: marker.number, range: range))
        }
        return Answer(
            question: question, text: text, abstained: abstained, confidence: confidence,
            sentences: sentences.map {
                AnswerSentence(text: $0.text, citations: $0.citations, isSupported: $0.isSupported)
            }, unanswered: unanswered, markers: places, citations: quoted, related: nearest,
            strayMarkers: strayMarkers, passages: passages, generator: generator,
            usage: hasUsage ? TokenUsage(inputTokens: 0, outputTokens: 0) : nil, cost: hasCost ? 0 : nil)
    }

    private static func loaded(
        _ ranking: SharedRanking, _ chunks: [Int64: StoredChunk]
    ) -> [RetrievedChunk]? {
        guard let ranked = ranking.passages else { return nil }
        let loaded = ranked.compactMap { rank in chunks[rank.id].map { RetrievedChunk(chunk: $0, rank: rank) }
        }
        return loaded.count == ranked.count ? loaded : nil
    }

    /// Begins and ends by turns as ranges, all within a text of so many bytes.
    private static func ranges(_ ends: [Int], within length: Int) -> [Range<Int>]? {
        guard ends.count.isMultiple(of: 2) else { return nil }
        var ranges: [Range<Int>] = []
        for place in stride(from: 0, to: ends.count, by: 2) {
            let (start, end) = (ends[place], ends[place + 1])
            guard 0 <= start, start <= end, end <= length else { return nil }
            ranges.append(start..<end)
        }
        return ranges
    }
}
