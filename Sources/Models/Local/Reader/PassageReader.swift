import Foundation

/// Reads a question and a passage together, and says whether the passage answers and which words do.
///
/// A cross-encoder of Millrace's own (`models/reader/README.md` says how it came to be and what it is bad at),
/// run in this process. Its word table is the embedding model's, whose folder it needs too. Join what it says
/// with similarity: alone it is no ranking.
public final class PassageReader: Sendable {
    /// A passage as it is read: its page's title and headings are read before its text.
    public struct Passage: Sendable, Equatable {
        public var title: String
        /// From the outermost heading inwards.
        public var headings: [String]
        public var text: String

        public init(title: String, headings: [String] = [], text: String) {
            (self.title, self.headings, self.text) = (title, headings, text)
        }

        /// `title › heading › heading. `; empty if there is neither.
        var lead: String {
            let names = ([title] + headings).filter { !$0.isEmpty }
            return names.isEmpty ? "" : names.joined(separator: " › ") + ". "
        }
    }

    private let tokenizer: WordPieceTokenizer
    private let workers: [ReaderWorker]
    private let shares: WorkShares
    private let meter: (any ModelUseMeter)?

    /// As its use is counted.
    static let name = "reader"

    /// Opens the reader in `directory`, compares its SHA-256 with the shipped one's, and checks names and
    /// shapes. Takes tens of milliseconds.
    ///
    /// - Parameters:
    ///   - directory: the reader's folder, as ``ReaderModel/directory(modelDirectory:environment:executable:)``
    ///     finds it.
    ///   - modelDirectory: the embedding model's folder, `vocab.txt` and `model.safetensors`.
    ///   - tokenizer: of that folder's `vocab.txt`, if it was opened before.
    ///   - threads: how many batches are computed at a time, at least 1.
    ///   - meter: is told how many tokens were read.
    /// - Throws: ``ModelsError`` with the file and what is wrong.
    public convenience init(
        directory: URL, modelDirectory: URL, tokenizer: WordPieceTokenizer? = nil,
        threads: Int = ProcessInfo.processInfo.activeProcessorCount, meter: (any ModelUseMeter)? = nil
    ) throws(ModelsError) {
        let file = directory.appending(path: ReaderModel.fileName)
        try ReaderModel.checkChecksum(file)
        try self.init(
            file: file, modelDirectory: modelDirectory, tokenizer: tokenizer, threads: threads, meter: meter)
    }

    /// Opens any weights of the reader's kind.
    init(
        file: URL, modelDirectory: URL, tokenizer known: WordPieceTokenizer? = nil, threads: Int,
        precision: PackedProduct.Precision = .fastest, meter: (any ModelUseMeter)? = nil
    ) throws(ModelsError) {
        precondition(threads >= 1, "\(threads) threads")
        self.meter = meter
        tokenizer = try LocalModel.tokenizer(modelDirectory, known: known)
        let tensors = TensorSet([
            try Safetensors(file: file),
            try Safetensors(file: modelDirectory.appending(path: "model.safetensors")),
        ])
        let heads = try ReaderHeads(tensors, hidden: EncoderShape.miniLM.hidden)
        let weights = try TransformerWeights(
            tensors, shape: .miniLM, maxTokens: ReaderModel.maxTokens, precision: precision)
        workers = (0..<threads).map { ReaderWorker(weights, heads, number: $0) }
        shares = WorkShares(workers: threads)
    }

    /// Reads each passage with the question.
    ///
    /// The question is cut off after 127 word pieces, a passage where question, title, headings and passage
    /// together have 256. Passages are packed without padding: the cost is that of their word pieces. They are
    /// divided among the threads that have nothing to do.
    ///
    /// - Returns: one reading a passage, in order.
    /// - Throws: `CancellationError` if the task is cancelled; checked once a batch.
    public func read(question: String, passages: [Passage]) async throws -> [Reading] {
        let pairs = passages.map {
            tokenizer.encodePair(
                question: question, lead: $0.lead, text: $0.text, maxTokens: ReaderModel.maxTokens)
        }
        let readings = try await shares.run(
            pairs.map(\.input.ids.count), capacity: ReaderWorker.capacity
        ) { [workers] batch in
            await workers[batch.worker].read(batch.items.map { pairs[$0] })
        }
        if !pairs.isEmpty {
            meter?.count(.local(Self.name, .reading, tokens: pairs.reduce(0) { $0 + $1.input.ids.count }))
        }
        return readings
    }
}

/// One thread's reader, on a queue of its own.
private actor ReaderWorker {
    /// Most tokens of one batch.
    static let capacity = 512

    private let executor: QueueExecutor
    private let encoder: TransformerEncoder
    private let heads: ReaderHeads

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(_ weights: TransformerWeights, _ heads: ReaderHeads, number: Int) {
        executor = QueueExecutor(label: "millrace.reader.\(number)")
        encoder = TransformerEncoder(weights, capacity: Self.capacity)
        self.heads = heads
    }

    func read(_ pairs: [TokenizedPair]) -> [Reading] {
        let kept = pairs.map { ReaderHeads.tokens(of: $0) }
        return zip(pairs, encoder.forward(pairs.map(\.input), keeping: kept)).map {
            heads.read($0, encoder.states($1))
        }
    }
}
