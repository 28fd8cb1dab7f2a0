import Concurrency
import Corpus
import Foundation
import Models
import Text
import TextIndex
import VectorIndex

/// What a retrieval set is stored in and asked of.
public typealias RetrievalSetStore = DocumentStore & EmbeddingStore & PassageStore & ReadScopes

/// A public retrieval collection: documents, questions, and which documents each question is about.
///
/// Laid out as BEIR does (Thakur et al. 2021): `corpus.jsonl` (`_id`, `title`, `text`), `queries.jsonl`
/// (`_id`, `text`) and `qrels.tsv` (query, document, gain; a header line is skipped), or `qrels/test.tsv`.
public struct RetrievalSet: Sendable {
    struct Entry: Sendable, Decodable {
        var id: String
        var title: String
        var text: String

        enum CodingKeys: String, CodingKey {
            case id = "_id"
            case title, text
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            if let number = try? container.decode(Int.self, forKey: .id) {
                id = String(number)
            } else {
                id = try container.decode(String.self, forKey: .id)
            }
            title = try container.decodeIfPresent(String.self, forKey: .title) ?? ""
            text = try container.decode(String.self, forKey: .text)
        }

        /// What is embedded and searched.
        var whole: String { title.isEmpty ? text : title + " " + text }
    }

    /// The scores of one run.
    public struct Report: Sendable, Codable {
        public var documents: Int
        public var questions: Int
        public var half: EvaluationHalf?
        public var model: String
        /// By mode: `vector` (by HNSW), `keyword`, `hybrid`, and `rrf60`, both single ones fused by rank alone.
        public var retrieval: [String: RetrievalScores]
        /// By mode and metric, such as `hybrid.ndcg10`.
        public var figures: [String: Bootstrap.Interval]
        /// nDCG@10 of `hybrid` less that of each other row, question by question: whether fusion pays.
        public var hybridLess: [String: Bootstrap.Interval]
    }

    let documents: [Entry]
    let queries: [Entry]
    /// Question to documents and their gains.
    let judgements: [String: [String: Double]]

    /// - Throws: ``QAError/unreadableQuestions(file:line:reason:)`` with file and line.
    public init(folder: URL) throws(QAError) {
        documents = try JSONLines.load(Entry.self, folder.appendingPathComponent("corpus.jsonl"))
        queries = try JSONLines.load(Entry.self, folder.appendingPathComponent("queries.jsonl"))
        let flat = folder.appendingPathComponent("qrels.tsv")
        let nested = folder.appendingPathComponent("qrels/test.tsv")
        judgements = try Self.judgements(FileManager.default.fileExists(atPath: flat.path) ? flat : nested)
    }

    private static func judgements(_ file: URL) throws(QAError) -> [String: [String: Double]] {
        guard let text = try? String(contentsOf: file, encoding: .utf8) else {
            throw .unreadableQuestions(file: file.path, line: 0, reason: "the file is missing or not UTF-8.")
        }
        var judgements: [String: [String: Double]] = [:]
        for (number, line) in text.split(whereSeparator: \.isNewline).enumerated() {
            var fields = line.split(separator: "\t", omittingEmptySubsequences: false)
                .map { $0.trimmingCharacters(in: .whitespaces) }
            // TREC's own layout has an iteration in the second column.
            if fields.count == 4 { fields.remove(at: 1) }
            guard fields.count == 3, let gain = Double(fields[2]) else {
                if number == 0 { continue }
                throw .unreadableQuestions(
                    file: file.path, line: number + 1,
                    reason: "a question's id, a document's id and a number are expected, separated by tabs.")
            }
            judgements[fields[0], default: [:]][fields[1]] = gain
        }
        return judgements
    }

    /// Embeds the documents, builds the index and asks every question that has a relevant document.
    ///
    /// - Parameters:
    ///   - corpus: an empty one, which is filled.
    ///   - cut: makes passages of a document's text and title, to compare ways of cutting. Without it
    ///     a document is one passage: its title and text, of which the model reads as much as it can.
    ///   - half: only the questions whose ids hash to it.
    ///   - concurrency: questions asked at once; the scores are the same.
    public func evaluate(
        corpus: any RetrievalSetStore, embedder: any Embedder, configuration: QAConfiguration,
        cut: (@Sendable (_ text: String, _ title: String) -> [Chunk])? = nil,
        half: EvaluationHalf? = nil, concurrency: Int = 1, progress: @Sendable (String) -> Void = { _ in }
    ) async throws -> Report {
        let index = try LocalVectorStore(
            directory: nil, dimension: embedder.model.dimension, metric: .cosine)
        let words = try LocalTextStore(directory: nil)
        try await load(corpus, index, words, embedder, cut: cut, progress)
        var configuration = configuration
        configuration.caches = .none
        let qa = try QuestionAnswering(
            corpus: corpus, index: index, words: words, embedder: embedder,
            generator: ExtractiveGenerator(embedder: embedder), configuration: configuration)
        let asked = queries.filter { query in
            guard half == nil || half == EvaluationHalf(hashing: query.id) else { return false }
            return judgements[query.id]?.values.contains { $0 > 0 } ?? false
        }
        progress("asking \(asked.count) questions")
        let scope = corpus.scope(for: .anonymous)
        let depth = cut == nil ? Self.depth : 5 * Self.depth
        let scores = try await asked.boundedMap(width: concurrency) { query in
            try Task.checkCancellation()
            return try await self.scores(query, qa, scope, depth: depth)
        }
        return report(scores, half: half, model: embedder.model.name)
    }

    private func report(
        _ scores: [[String: RetrievalScores]], half: EvaluationHalf?, model: String
    ) -> Report {
        let bootstrap = Bootstrap()
        var report = Report(
            documents: documents.count, questions: scores.count, half: half, model: model, retrieval: [:],
            figures: [:], hybridLess: [:])
        for mode in SearchMode.allCases.map(\.rawValue) + [PlainFusion.name] {
            let own = scores.compactMap { $0[mode] }
            report.retrieval[mode] = RetrievalScores(meanOf: own)
            report.figures["\(mode).ndcg10"] = bootstrap.interval(own.map(\.nDCGAt10), Self.mean)
            report.figures["\(mode).recall10"] = bootstrap.interval(own.map(\.recallAt10), Self.mean)
            report.figures["\(mode).mrr"] = bootstrap.interval(own.map(\.mrr), Self.mean)
            guard mode != SearchMode.hybrid.rawValue else { continue }
            let differences = scores.compactMap { scores -> Double? in
                guard let hybrid = scores[SearchMode.hybrid.rawValue], let other = scores[mode] else {
                    return nil
                }
                return hybrid.nDCGAt10 - other.nDCGAt10
            }
            report.hybridLess[mode] = bootstrap.interval(differences, Self.mean)
        }
        return report
    }

    private static func mean(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }

    /// Passages that are ranked; a document that was cut stands at its best one.
    private static let depth = 100

    /// One question's scores, by mode.
    private func scores(
        _ query: Entry, _ qa: QuestionAnswering, _ scope: ReadScope, depth: Int
    ) async throws -> [String: RetrievalScores] {
        let text = String(decoding: query.text.utf8.prefix(Question.byteLimit - 3), as: UTF8.self)
        let gains = judgements[query.id] ?? [:]
        var found: [SearchMode: [RetrievedChunk]] = [:]
        if let retrieval = try? RetrievalQuery(text, limit: depth) {
            for mode in SearchMode.allCases {
                found[mode] = try await qa.retrieve(retrieval, mode: mode, scope: scope)
            }
        }
        var scores: [String: RetrievalScores] = [:]
        for mode in SearchMode.allCases {
            scores[mode.rawValue] = RetrievalScores(Self.documents(found[mode] ?? []), gains: gains)
        }
        scores[PlainFusion.name] = RetrievalScores(Self.documents(PlainFusion.fuse(found)), gains: gains)
        return scores
    }

    private static func documents(_ passages: [RetrievedChunk]) -> [String] {
        var seen: Set<String> = []
        return passages.map(\.chunk.documentID).filter { seen.insert($0).inserted }
    }

    private func load(
        _ corpus: any RetrievalSetStore, _ index: LocalVectorStore, _ words: LocalTextStore,
        _ embedder: any Embedder, cut: (@Sendable (String, String) -> [Chunk])?,
        _ progress: @Sendable (String) -> Void
    ) async throws {
        try await corpus.upsert(space: Space(key: "SET", name: "Retrieval set"))
        for start in stride(from: 0, to: documents.count, by: 256) {
            let batch = Array(documents[start..<min(start + 256, documents.count)])
            progress("embedding \(start) of \(documents.count)")
            let chunks = batch.map { cut?($0.text, $0.title) ?? [Self.wholeChunk(of: $0)] }
            var vectors = try await embedded(chunks.flatMap { $0 }, corpus, embedder)[...]
            var entries: [VectorEntry] = []
            var passages: [TextDocument] = []
            for (document, chunks) in zip(batch, chunks) {
                let own = Array(vectors.prefix(chunks.count))
                vectors = vectors.dropFirst(chunks.count)
                let stored = try await store(document, chunks, own, corpus, model: embedder.model.name)
                entries += stored
                passages += zip(stored, chunks).map { entry, chunk in
                    TextDocument(
                        PassageText(
                            id: Int64(entry.id), chunk, title: document.title, labels: [],
                            page: document.text))
                }
            }
            try index.upsert(entries)
            try words.upsert(passages)
        }
    }

    /// The chunks' vectors; those of their units are kept as an ingest keeps them.
    private func embedded(
        _ chunks: [Chunk], _ corpus: any RetrievalSetStore, _ embedder: any Embedder
    ) async throws -> [[Float]] {
        guard let whole = embedder as? any EvidenceEmbedder else {
            return try await embedder.embed(chunks.map(\.embeddedText), purpose: .passage)
        }
        let embeddings = try await whole.embed(chunks.map { EvidencePassage($0) })
        let evidence = zip(chunks, embeddings).map { chunk, embedding in
            (
                ContentHash.of(chunk.embeddedText),
                EvidenceVectors(embedding.units, rules: EvidenceUnits.version).data
            )
        }
        try await corpus.saveEvidence(
            Dictionary(evidence, uniquingKeysWith: { first, _ in first }), model: embedder.model.name,
            rules: EvidenceUnits.version)
        return embeddings.map(\.vector)
    }

    private static func wholeChunk(of document: Entry) -> Chunk {
        Chunk(
            ordinal: 0, headingPath: [], kind: .prose, text: document.text, embeddedText: document.whole,
            tokenCount: 0, range: 0..<document.text.utf8.count)
    }

    private func store(
        _ document: Entry, _ chunks: [Chunk], _ vectors: [[Float]], _ corpus: any RetrievalSetStore,
        model: String
    ) async throws -> [VectorEntry] {
        let change = try await corpus.replace(
            Document(
                id: document.id, kind: .page, spaceKey: "SET", title: document.title, text: document.text,
                readers: .everybody),
            contentHash: "", chunkSignature: "", chunks: chunks, embeddings: vectors, model: model)
        return zip(change.added, vectors).map { VectorEntry(id: UInt64($0), vector: $1) }
    }
}
