import Corpus
import Foundation
import Models
import Text

/// A search, its limits checked.
public struct SearchRequest: Sendable, Hashable {
    public let text: String
    public let mode: SearchMode
    public let filter: ChunkFilter
    public let limit: Int
    public let offset: Int
    public let order: SearchOrder

    /// Documents that a search ranks at most; facets count these.
    public static let depth = 500
    /// Documents that may be asked for at once.
    public static let limitRange = 1...100

    /// - Throws: ``QAError`` when the text is empty or too long, `limit` is not in `1...100` or `offset`
    ///   not in `0...10000`.
    public init(
        _ text: String, mode: SearchMode = .hybrid, filter: ChunkFilter = .everything, limit: Int = 20,
        offset: Int = 0, order: SearchOrder = .relevance
    ) throws(QAError) {
        try Question.check(text)
        guard Self.limitRange.contains(limit) else {
            throw .limitOutOfRange(name: "limit", value: limit, allowed: Self.limitRange)
        }
        guard (0...10_000).contains(offset) else {
            throw .limitOutOfRange(name: "offset", value: offset, allowed: 0...10_000)
        }
        self.text = text
        self.mode = mode
        self.filter = filter
        self.limit = limit
        self.offset = offset
        self.order = order
    }
}

/// In which order a search's documents are shown. What is found is the same: the documents that fit best.
public enum SearchOrder: String, Sendable, Hashable, CaseIterable {
    case relevance
    /// The latest change first; those without a date last.
    case updated
}

/// One document of a search's results, by its best passage.
public struct SearchHit: Sendable, Hashable {
    public var passage: RetrievedChunk
    /// Documents of this page of results that say the same, by the passage that does.
    public var copies: [StoredChunk]
    /// The part of the passage that fits the question best.
    public var snippet: String
    /// UTF-8 byte ranges of ``snippet`` that share the question's words.
    public var highlights: [Range<Int>]
}

public struct FacetValue: Sendable, Hashable {
    public var value: String
    public var name: String
    public var count: Int
}

/// How the ranked documents spread; only what the reader may read is counted.
public struct SearchFacets: Sendable, Hashable {
    public var spaces: [FacetValue]
    public var labels: [FacetValue]
    public var authors: [FacetValue]
    public var kinds: [FacetValue]
}

public struct SearchResults: Sendable {
    /// With their copies as many as were asked for, if there are so many.
    public var hits: [SearchHit]
    /// Documents ranked, ``SearchRequest/depth`` at most.
    public var count: Int
    public var facets: SearchFacets
    public var milliseconds: Double
}

extension QuestionAnswering {
    /// Ranked documents, each by its best passage.
    ///
    /// One read transaction: passages are ranked and counted by their ids, and only what this page of the results
    /// shows is loaded. Where an equal search is ranking already, it is waited for first, in no transaction.
    ///
    /// - Parameter scope: what the searching person may read; nothing else is looked at.
    public func search(_ request: SearchRequest, scope: ReadScope) async throws -> SearchResults {
        let clock = ContinuousClock()
        let start = clock.now
        let found = try await find(request, scope)
        let words = Highlighter(QueryAnalysis(request.text))
        let hits = found.shown.map { folded in
            let snippet = Snippet(of: folded.passage.chunk.text, for: words)
            return SearchHit(
                passage: folded.passage, copies: folded.copies.map(\.chunk), snippet: snippet.text,
                highlights: snippet.highlights)
        }
        return SearchResults(
            hits: hits, count: found.count, facets: found.facets,
            milliseconds: (clock.now - start) / .milliseconds(1))
    }

    private struct Found: Sendable {
        var shown: [FoldedPassage]
        var count: Int
        var facets: SearchFacets
    }

    /// Finds, with whatever fails told as a flow tells it.
    private func find(_ request: SearchRequest, _ scope: ReadScope) async throws -> Found {
        do {
            let query = try RetrievalQuery(
                request.text, filter: request.filter, limit: SearchRequest.depth)
            return try await withRanking(query, request.mode, scope) { ranked, snapshot in
                try Self.found(request, ranked, snapshot)
            }
        } catch let error as CancellationError {
            throw error
        } catch {
            throw QAError(error, flow: "search", component: request.mode.rawValue)
        }
    }

    private static func found(
        _ request: SearchRequest, _ ranked: [RankedPassage], _ snapshot: any CorpusSnapshot
    ) throws -> Found {
        let documentOf = try snapshot.documentIDs(ofChunks: ranked.map(\.id))
        var documents: [String] = []
        var seen: Set<String> = []
        var best = ranked.filter { passage in
            guard let document = documentOf[passage.id], seen.insert(document).inserted else { return false }
            documents.append(document)
            return true
        }
        let facts = try snapshot.facts(ofDocuments: documents)
        if request.order == .updated {
            let dates = Dictionary(
                facts.map { ($0.id, $0.updatedAt) }, uniquingKeysWith: { first, _ in first })
            func date(_ passage: RankedPassage) -> Date {
                documentOf[passage.id].flatMap { dates[$0] ?? nil } ?? .distantPast
            }
            // Of one moment the better one first: places break ties, for a sort need not keep them.
            best = best.enumerated().sorted { one, other in
                let (first, second) = (date(one.element), date(other.element))
                return first == second ? one.offset < other.offset : first > second
            }.map(\.element)
        }
        let page = best.dropFirst(request.offset).prefix(request.limit)
        return Found(
            shown: NearDuplicates.folded(try snapshot.load(page)), count: best.count,
            facets: SearchFacets(facts))
    }
}

extension SearchFacets {
    init(_ documents: [DocumentFacts]) {
        let names = Dictionary(
            documents.map { ($0.spaceKey, $0.spaceName) }, uniquingKeysWith: { first, _ in first })
        spaces = Self.counted(documents.map(\.spaceKey)) { names[$0] ?? $0 }
        labels = Self.counted(documents.flatMap(\.labels)) { $0 }
        authors = Self.counted(documents.compactMap(\.author)) { $0 }
        kinds = Self.counted(documents.map(\.kind.rawValue)) { $0 }
    }

    /// The most frequent first; equal ones by name.
    private static func counted(_ values: [String], name: (String) -> String) -> [FacetValue] {
        var counts: [String: Int] = [:]
        for value in values { counts[value, default: 0] += 1 }
        return counts.map { FacetValue(value: $0.key, name: name($0.key), count: $0.value) }
            .sorted { ($1.count, $0.name, $0.value) < ($0.count, $1.name, $1.value) }
    }
}
