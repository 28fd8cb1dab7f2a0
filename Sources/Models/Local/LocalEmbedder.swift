import Crypto
import Foundation
import Synchronization

/// An encoder run in this process: all-MiniLM-L6-v2, or another of its family. No network, no account.
///
/// Texts are cut off after `model.maxTokens` pieces, 256 of all-MiniLM-L6-v2. Equal texts get equal vectors,
/// to the bit, whatever they are embedded with.
public final class LocalEmbedder: Embedder {
    public let model: EmbeddingModel
    /// The model's own tokenizer, for counting what a text will cost.
    public var tokenizer: any PieceTokenizer { pieces }
    private let pieces: any PairTokenizer
    private let embedding: SentenceEmbedding
    private let workers: [EncoderWorker]
    private let turn = Atomic<Int>(0)
    private let shares: WorkShares
    private let meter: (any ModelUseMeter)?

    /// Opens all-MiniLM-L6-v2 in `modelDirectory`: `config.json`, `vocab.txt`, `model.safetensors`.
    ///
    /// Headers, names and shapes are checked as by ``LocalModel/verify(modelDirectory:)``; contents are not
    /// hashed. Reads half of the weights into a layout of its own, 42 MB; the word table stays mapped.
    ///
    /// - Parameters:
    ///   - tokenizer: of the folder's `vocab.txt`, if it was opened before: making one takes some 30 ms.
    ///   - threads: how many batches are computed at a time, at least 1; about 6 MB each.
    ///   - meter: is told how many tokens were read.
    /// - Throws: ``ModelsError`` with the file and what is wrong.
    public init(
        modelDirectory: URL, tokenizer: WordPieceTokenizer? = nil,
        threads: Int = ProcessInfo.processInfo.activeProcessorCount, meter: (any ModelUseMeter)? = nil
    ) throws(ModelsError) {
        precondition(threads >= 1, "\(threads) threads")
        self.meter = meter
        try LocalModel.checkConfiguration(modelDirectory)
        pieces = try LocalModel.tokenizer(modelDirectory, known: tokenizer)
        model = LocalModel.model
        embedding = SentenceEmbedding()
        let file = modelDirectory.appending(path: "model.safetensors")
        let weights = try TransformerWeights(
            TensorSet([try Safetensors(file: file)]), shape: .miniLM, maxTokens: LocalModel.maxTokens)
        workers = (0..<threads).map { EncoderWorker(weights, pooling: .mean, number: $0) }
        shares = WorkShares(workers: threads)
    }

    /// Opens any encoder of the family in `directory`: BERT, RoBERTa, XLM-R, MPNet and what was made of them.
    ///
    /// All weights are hashed, for the vectors' name ends with that hash and how they are made: vectors of
    /// two models, or of one with other prefixes, are never mixed.
    ///
    /// - Parameters:
    ///   - name: what the model is called; `nil` for the folder's name.
    ///   - embedding: pooling and prefixes; `nil` for what the folder's files say.
    ///   - maxTokens: tokens of a text that are read; the model's own limit if it is less.
    ///   - threads: how many batches are computed at a time, at least 1.
    ///   - meter: is told how many tokens were read.
    /// - Throws: ``ModelsError`` with the file and what is wrong.
    public init(
        folder directory: URL, name: String? = nil, embedding: SentenceEmbedding? = nil, maxTokens: Int = 512,
        threads: Int = ProcessInfo.processInfo.activeProcessorCount, meter: (any ModelUseMeter)? = nil
    ) throws(ModelsError) {
        precondition(threads >= 1 && maxTokens >= 8, "\(threads) threads, \(maxTokens) tokens")
        self.meter = meter
        let folder = try EncoderFolder(directory)
        self.embedding = if let embedding { embedding } else { try SentenceEmbedding(folder: directory) }
        pieces = folder.tokenizer
        let limit = min(folder.maxTokens, maxTokens)
        let weights = try TransformerWeights(
            folder.tensors, shape: folder.configuration.shape, maxTokens: limit)
        let pooling = self.embedding.pooling
        let ways =
            "\(try folder.weightsHash())\n\(pooling)\n\(self.embedding.queryPrefix)\n\(self.embedding.passagePrefix)"
        let hash = SHA256.hash(data: Data(ways.utf8)).prefix(6).hexadecimal
        model = EmbeddingModel(
            name: "\(name ?? directory.lastPathComponent)#\(hash)",
            dimension: folder.configuration.shape.hidden,
            maxTokens: limit)
        workers = (0..<threads).map { EncoderWorker(weights, pooling: pooling, number: $0) }
        shares = WorkShares(workers: threads)
    }

    /// The tokenizer, where the mean of a unit's tokens can be told from a passage's pass.
    var wordPiecesOfMeans: WordPieceTokenizer? {
        embedding.pooling == .mean ? pieces as? WordPieceTokenizer : nil
    }

    var passagePrefix: String { embedding.passagePrefix }

    /// Most tokens of one batch.
    var batchCapacity: Int { workers.first?.capacity ?? model.maxTokens }

    /// The folder that `MILLRACE_MODEL_DIR` names, else `all-MiniLM-L6-v2` in the user's cache folder.
    public static func defaultDirectory(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> URL {
        if let path = environment["MILLRACE_MODEL_DIR"], !path.isEmpty { return URL(filePath: path) }
        let cache: URL
        if let path = environment["XDG_CACHE_HOME"], !path.isEmpty {
            cache = URL(filePath: path)
        } else {
            cache = URL.homeDirectory.appending(path: ".cache")
        }
        return cache.appending(path: "millrace/\(LocalModel.name)")
    }

    /// - Throws: `CancellationError` if the task is cancelled; checked once a batch.
    public func embed(_ texts: [String], purpose: EmbeddingPurpose = .passage) async throws -> [[Float]] {
        let prefix = embedding.prefix(purpose)
        let texts = prefix.isEmpty ? texts : texts.map { prefix + $0 }
        if texts.count == 1 {
            let encoded = try await shares.run([Self.likelyTokens], capacity: batchCapacity) {
                [workers, pieces] share in
                await workers[share.worker].encode(texts, with: pieces)
            }
            count(encoded.reduce(0) { $0 + $1.tokens }, for: purpose)
            return encoded.map(\.vector)
        }
        let first = turn.wrappingAdd(1, ordering: .relaxed).oldValue
        let tokens = try await tokenize(texts, from: first)
        if purpose == .query, tokens.reduce(0, { $0 + $1.count }) <= batchCapacity {
            // A question with its parts: somebody waits for it.
            let vectors = try await shares.run(tokens.map(\.count), capacity: batchCapacity) {
                [workers] share in
                await workers[share.worker].encode(share.items.map { tokens[$0] })
            }
            count(tokens.reduce(0) { $0 + $1.count }, for: purpose)
            return vectors
        }
        let batches = Self.pack(tokens.map(\.count), capacity: workers[0].capacity)
        var vectors = [[Float]](repeating: [], count: texts.count)
        try await forEach(batches, from: first) { worker, batch in
            (batch, await worker.encode(batch.map { tokens[$0] }))
        } receive: { batch, encoded in
            for (i, vector) in zip(batch, encoded) { vectors[i] = vector }
        }
        count(tokens.reduce(0) { $0 + $1.count }, for: purpose)
        return vectors
    }

    /// Tells what was read. It is told by the task that asked, once all of it is done.
    func count(_ tokens: Int, for purpose: EmbeddingPurpose) {
        guard tokens > 0 else { return }
        meter?.count(.local(model.name, .init(purpose), tokens: tokens))
    }

    /// What a question is taken for before it is cut into pieces.
    private static let likelyTokens = 16

    private func tokenize(_ texts: [String], from first: Int) async throws -> [[Int32]] {
        var tokens = [[Int32]](repeating: [], count: texts.count)
        let parts = stride(from: 0, to: texts.count, by: 64).map { $0..<min($0 + 64, texts.count) }
        try await forEach(parts, from: first) { [pieces] worker, part in
            (part, await worker.tokenize(texts[part], with: pieces))
        } receive: { part, encoded in
            tokens.replaceSubrange(part, with: encoded)
        }
        return tokens
    }

    /// Runs `work` for every batch, beginning with whichever worker's turn it is.
    func forEachBatch<Result: Sendable>(
        _ batches: [[Int]], work: @escaping @Sendable (EncoderWorker, [Int]) async -> ([Int], Result),
        receive: ([Int], Result) -> Void
    ) async throws {
        let first = turn.wrappingAdd(1, ordering: .relaxed).oldValue
        try await forEach(batches, from: first, work: work, receive: receive)
    }

    /// Runs `work` for every item, one item a worker at a time, and hands over results as they come.
    private func forEach<Item: Sendable, Result: Sendable>(
        _ items: [Item], from first: Int,
        work: @escaping @Sendable (EncoderWorker, Item) async -> (Item, Result),
        receive: (Item, Result) -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: (Int, Item, Result).self) { group in
            var next = 0
            func start(_ worker: Int) {
                guard next < items.count else { return }
                let item = items[next]
                next += 1
                group.addTask { [workers] in
                    try Task.checkCancellation()
                    let (item, result) = await work(workers[((first & .max) + worker) % workers.count], item)
                    return (worker, item, result)
                }
            }
            for worker in workers.indices { start(worker) }
            while let (worker, item, result) = try await group.next() {
                receive(item, result)
                start(worker)
            }
        }
    }

    /// Groups texts of `counts` tokens into batches of at most `capacity` tokens, longest texts first, so
    /// that threads finish together.
    static func pack(_ counts: [Int], capacity: Int) -> [[Int]] {
        var batches: [[Int]] = []
        var room = 0
        for i in counts.indices.sorted(by: { (counts[$0], $1) > (counts[$1], $0) }) {
            if counts[i] > room {
                batches.append([])
                room = capacity
            }
            batches[batches.count - 1].append(i)
            room -= counts[i]
        }
        return batches
    }
}
