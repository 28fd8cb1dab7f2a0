import Corpus
import Models

/// A search, its limits checked.
public struct SearchRequest: Sendable, Hashable {
    public let text: String
    public let mode: SearchMode
    public let filter: ChunkFilter
    public let limit: Int
    public let offset: Int

    /// Documents that a search ranks at most; facets count these.
    public static let depth = 500

    /// - Throws: ``QAError`` when the text is empty or too long, `limit` is not in `1...100` or `offset`
    ///   not in `0...10000`.
    public init(
        _ text: String, mode: SearchMode = .hybrid, filter: ChunkFilter, limit: Int = 20, offset: Int = 0
    ) throws(QAError) {
        try Question.check(text)
        guard (1...100).contains(limit) else {
            throw .limitOutOfRange(name: "limit", value: limit, allowed: 1...100)
        }
        guard (0...10_000).contains(offset) else {
            throw .limitOutOfRange(name: "offset", value: offset, allowed: 0...10_000)
        }
        self.text = text
        self.mode = mode
        self.filter = filter
        self.limit = limit
        self.offset = offset
    }
}

/// One document of a search's results, by its best passage.
public struct SearchHit: Sendable, Hashable {
    public var passage: RetrievedChunk
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
    public var hits: [SearchHit]
    /// Documents ranked, ``SearchRequest/depth`` at most.
    public var count: Int
    public var facets: SearchFacets
    public var milliseconds: Double
}

extension QuestionAnswering {
    /// Ranked documents, each by its best passage.
    public func search(_ request: SearchRequest) async throws -> SearchResults {
        let clock = ContinuousClock()
        let start = clock.now
        let query = try RetrievalQuery(
            request.text, filter: request.filter, limit: SearchRequest.depth)
        var seen: Set<String> = []
        let documents = try await retrieve(query, request.mode).filter { found in
            seen.insert(found.chunk.documentID).inserted
        }
        let terms = Set(TextUnits.stems(of: request.text))
        let hits = documents.dropFirst(request.offset).prefix(request.limit).map { passage in
            let snippet = Snippet(of: passage.chunk.text, terms: terms)
            return SearchHit(passage: passage, snippet: snippet.text, highlights: snippet.highlights)
        }
        return SearchResults(
            hits: hits, count: documents.count, facets: SearchFacets(documents.map(\.chunk)),
            milliseconds: (clock.now - start) / .milliseconds(1))
    }
}

extension QuestionAnswering {
    /// Retrieves, with whatever fails told as a flow tells it.
    private func retrieve(_ query: RetrievalQuery, _ mode: SearchMode) async throws -> [RetrievedChunk] {
        do {
            return try await retriever(mode).retrieve(query)
        } catch let error as CancellationError {
            throw error
        } catch {
            throw QAError(error, flow: "search", component: mode.rawValue)
        }
    }
}

extension SearchFacets {
    init(_ chunks: [StoredChunk]) {
        let names = Dictionary(
            chunks.map { ($0.spaceKey, $0.spaceName) }, uniquingKeysWith: { first, _ in first })
        spaces = Self.counted(chunks.map(\.spaceKey)) { names[$0] ?? $0 }
        labels = Self.counted(chunks.flatMap(\.labels)) { $0 }
        authors = Self.counted(chunks.compactMap(\.author)) { $0 }
        kinds = Self.counted(chunks.map(\.kind.rawValue)) { $0 }
    }

    /// The most frequent first; equal ones by name.
    private static func counted(_ values: [String], name: (String) -> String) -> [FacetValue] {
        var counts: [String: Int] = [:]
        for value in values { counts[value, default: 0] += 1 }
        return counts.map { FacetValue(value: $0.key, name: name($0.key), count: $0.value) }
            .sorted { ($1.count, $0.name, $0.value) < ($0.count, $1.name, $1.value) }
    }
}
