import Concurrency
import Corpus
import CorpusSQLite
import Foundation
import Models
import QA
import Text
import TextIndex
import VectorIndex

/// What a question costs beside its search: which passages somebody may read, after a change and anew, and what a
/// search asks of the database.
///
/// Documents of one passage each, made words, hundreds of access classes of which the reader satisfies a part.
enum ReadScopeBenchmark {
    static func run(arguments: [String]) async throws {
        let documents = try BenchmarkArguments(arguments, names: ["documents"]).integer(
            "documents", or: 100_000)
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "millrace-read-scope-\(ProcessInfo.processInfo.processIdentifier)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let made = try await MadeCorpus(documents: documents, folder: folder)
        try await measureBitmap(made)
        try await measureSearch(made)
    }

    private static func measureBitmap(_ made: MadeCorpus) async throws {
        let readable = ReadableChunks(model: MadeCorpus.model.name)
        let filter = ChunkFilter(spaces: ["S1", "S2"])
        var (plain, filtered, anew): ([Duration], [Duration], [Duration]) = ([], [], [])
        let first = try await made.timed { _ = try readable.bitmap(for: .everything, in: $0) }
        _ = try await made.timed { _ = try readable.bitmap(for: filter, in: $0) }
        for round in 0..<200 {
            try await made.change(document: (round * 7_919) % made.documents)
            plain.append(try await made.timed { _ = try readable.bitmap(for: .everything, in: $0) })
            filtered.append(try await made.timed { _ = try readable.bitmap(for: filter, in: $0) })
            guard round % 20 == 0 else { continue }
            anew.append(
                try await made.timed { snapshot in
                    let ids = try snapshot.accessClasses(model: MadeCorpus.model.name)
                        .filter { snapshot.classes.contains($0.accessClass) }.map { UInt64($0.chunk) }
                    _ = IDBitmap(ids)
                })
        }
        print(
            "\(made.documents) documents, \(MadeCorpus.classes) access classes; the reader satisfies a third")
        print("first look of a process       \(milliseconds([first]))")
        print("after one document changed    \(milliseconds(plain))")
        print("the same, with a filter       \(milliseconds(filtered))")
        print("made anew each time           \(milliseconds(anew))")
    }

    private static func measureSearch(_ made: MadeCorpus) async throws {
        let qa = try QuestionAnswering(
            corpus: made.corpus, index: made.index, words: made.words, embedder: MadeEmbedder(),
            generator: ExtractiveGenerator(embedder: MadeEmbedder()))
        for mode in SearchMode.allCases {
            var times: [Duration] = []
            let before = made.corpus.statistics
            let rounds = 50
            for round in 0..<rounds {
                let request = try SearchRequest(made.question(round), mode: mode, limit: 20)
                let scope = made.corpus.scope(for: made.reader)
                let start = ContinuousClock.now
                let results = try await qa.search(request, scope: scope)
                times.append(ContinuousClock.now - start)
                guard !results.hits.isEmpty else { throw BenchmarkError("nothing was found") }
            }
            let after = made.corpus.statistics
            var loading: [Duration] = []
            for round in 0..<rounds {
                let query = try RetrievalQuery(made.question(round), limit: SearchRequest.depth)
                let start = ContinuousClock.now
                _ = try await qa.retrieve(query, mode: mode, scope: made.corpus.scope(for: made.reader))
                loading.append(ContinuousClock.now - start)
            }
            print(
                """
                search, \(mode.rawValue.padding(toLength: 8, withPad: " ", startingAt: 0))             \
                \(milliseconds(times)), transactions \((after.reads - before.reads) / rounds), \
                passages loaded \((after.passages - before.passages) / rounds)
                  loading all it ranks        \(milliseconds(loading))
                """)
        }
    }

    private static func milliseconds(_ times: [Duration]) -> String {
        let sorted = times.map { $0 / .milliseconds(1) }.sorted()
        let p99 = sorted[min(sorted.count - 1, sorted.count * 99 / 100)]
        return String(format: "p50 %.3f ms, p99 %.3f ms", sorted[sorted.count / 2], p99)
    }
}

/// Documents of made words in a database on disk, and their made vectors.
struct MadeCorpus {
    static let model = MadeEmbedder().model
    static let classes = 300

    let corpus: SQLiteCorpus
    let index: LocalVectorStore
    let words: LocalTextStore
    let documents: Int
    let reader = Reader([.user("reader"), .group("third")])

    init(documents: Int, folder: URL) async throws {
        self.documents = documents
        corpus = try SQLiteCorpus.open(at: DataFolder(folder))
        index = try LocalVectorStore(directory: nil, dimension: Self.model.dimension, metric: .cosine)
        words = try LocalTextStore(directory: nil)
        for space in 0..<20 {
            try await corpus.upsert(space: Space(key: "S\(space)", name: "Space \(space)"))
        }
        for document in 0..<documents {
            try await put(document, version: 0)
            if document % 10_000 == 9_999 {
                FileHandle.standardError.write(Data("\(document + 1) stored\n".utf8))
            }
        }
    }

    /// The snapshot's own time: what is measured is within it.
    func timed(_ body: @escaping @Sendable (any CorpusSnapshot) throws -> Void) async throws -> Duration {
        try await corpus.withSnapshot(for: corpus.scope(for: reader)) { snapshot in
            let start = ContinuousClock.now
            try body(snapshot)
            return ContinuousClock.now - start
        }
    }

    func change(document: Int) async throws {
        try await put(document, version: 1)
    }

    func question(_ number: Int) -> String {
        text(number * 31, version: 3).split(separator: " ").prefix(8).joined(separator: " ")
    }

    private func put(_ document: Int, version: Int) async throws {
        let text = text(document, version: version)
        let chunk = Chunk(
            ordinal: 0, headingPath: [], kind: .prose, text: text, embeddedText: text, tokenCount: 60,
            range: 0..<text.utf8.count)
        let vector = MadeEmbedder.vector(of: text)
        let change = try await corpus.replace(
            Document(
                id: "\(document)", kind: .page, spaceKey: "S\(document % 20)", title: "Page \(document)",
                labels: ["l\(document % 50)"], author: "author \(document % 100)", text: text,
                readers: Self.rule(document % Self.classes)),
            contentHash: "\(version)", chunkSignature: "", chunks: [chunk], embeddings: [vector],
            model: Self.model.name)
        try index.remove(change.removed.map(UInt64.init))
        try index.upsert(change.added.map { VectorEntry(id: UInt64($0), vector: vector) })
        try words.remove(change.removed.map(UInt64.init))
        try words.upsert(
            change.added.map {
                TextDocument(
                    PassageText(
                        id: $0, chunk, title: "Page \(document)", labels: ["l\(document % 50)"], page: text))
            })
    }

    /// A third of the rules let the reader in.
    private static func rule(_ number: Int) -> AccessRule {
        number % 3 == 0
            ? AccessRule(allOf: [[.group("third"), .user("other \(number)")]])
            : AccessRule(allOf: [[.group("group \(number)")]])
    }

    /// Sixty words, the frequent ones as frequent as in a language (Zipf's law with exponent 1).
    private func text(_ document: Int, version: Int) -> String {
        var state = UInt64(truncatingIfNeeded: document) &* 0x9e37_79b9_7f4a_7c15 &+ UInt64(version) &+ 1
        return (0..<60).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let unit = Double(state >> 11) / Double(1 << 53)
            return "w\(Int(exp(unit * log(20_000))))"
        }.joined(separator: " ")
    }
}

/// Vectors of no meaning: what is measured stands beside them.
struct MadeEmbedder: Embedder {
    let model = EmbeddingModel(name: "made", dimension: 64, maxTokens: 512)

    static func vector(of text: String) -> [Float] {
        var state = text.utf8.reduce(into: 1_469_598_103_934_665_603 as UInt64) {
            $0 = ($0 ^ UInt64($1)) &* 1_099_511_628_211
        }
        return (0..<64).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Float(state >> 40) / Float(1 << 23) - 1
        }
    }

    func embed(_ texts: [String], purpose: EmbeddingPurpose) async throws -> [[Float]] {
        texts.map { Self.vector(of: $0) }
    }
}
