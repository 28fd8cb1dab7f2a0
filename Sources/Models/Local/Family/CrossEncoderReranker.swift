import Foundation
import Synchronization

/// A cross-encoder run in this process: it reads each passage together with the query.
///
/// Any checkpoint of the family with a classifier of one number, or of two (the second then means relevant):
/// `ms-marco-MiniLM-L-6-v2`, `bge-reranker-base` and their like. Scores are logits, unbounded.
public final class CrossEncoderReranker: Reranker {
    public let name: String
    private let tokenizer: any PairTokenizer
    private let maxTokens: Int
    private let workers: [CrossEncoderWorker]
    private let turn = Atomic<Int>(0)
    private let meter: (any ModelUseMeter)?

    /// Opens the model in `directory`.
    ///
    /// - Parameters:
    ///   - name: what traces call it; `nil` for the folder's name.
    ///   - maxTokens: tokens of query and passage together; the model's own limit if it is less.
    ///   - threads: how many batches are computed at a time, at least 1.
    ///   - meter: is told how many tokens were read.
    /// - Throws: ``ModelsError`` with the file and what is wrong.
    public convenience init(
        modelDirectory directory: URL, name: String? = nil, maxTokens: Int = 512,
        threads: Int = ProcessInfo.processInfo.activeProcessorCount, meter: (any ModelUseMeter)? = nil
    ) throws(ModelsError) {
        try self.init(
            modelDirectory: directory, name: name, maxTokens: maxTokens, threads: threads,
            precision: .fastest, meter: meter)
    }

    init(
        modelDirectory directory: URL, name: String?, maxTokens: Int, threads: Int,
        precision: PackedProduct.Precision, meter: (any ModelUseMeter)? = nil
    ) throws(ModelsError) {
        precondition(threads >= 1 && maxTokens >= 8, "\(threads) threads, \(maxTokens) tokens")
        self.meter = meter
        let folder = try EncoderFolder(directory)
        let head = try ClassifierHead(folder)
        self.name = name ?? directory.lastPathComponent
        self.maxTokens = min(folder.maxTokens, maxTokens)
        tokenizer = folder.tokenizer
        let weights = try TransformerWeights(
            folder.tensors, shape: folder.configuration.shape, maxTokens: self.maxTokens,
            precision: precision)
        workers = (0..<threads).map { CrossEncoderWorker(weights, head, number: $0) }
    }

    /// - Throws: `CancellationError` if the task is cancelled; checked once a batch.
    public func scores(_ query: String, _ passages: [String]) async throws -> [Double] {
        let first = turn.wrappingAdd(1, ordering: .relaxed).oldValue & .max
        let inputs = passages.map { tokenizer.encodePair(query, $0, maxTokens: maxTokens) }
        let batches = LocalEmbedder.pack(inputs.map(\.ids.count), capacity: workers[0].capacity)
        var scores = [Double](repeating: 0, count: passages.count)
        try await withThrowingTaskGroup(of: ([Int], [Double]).self) { group in
            for (i, batch) in batches.enumerated() {
                let worker = workers[(first + i) % workers.count]
                group.addTask {
                    try Task.checkCancellation()
                    return (batch, await worker.score(batch.map { inputs[$0] }))
                }
            }
            for try await (batch, results) in group {
                for (i, score) in zip(batch, results) { scores[i] = score }
            }
        }
        if !inputs.isEmpty {
            meter?.count(.local(name, .rerank, tokens: inputs.reduce(0) { $0 + $1.ids.count }))
        }
        return scores
    }
}

/// One thread's cross-encoder, on a queue of its own.
private actor CrossEncoderWorker {
    nonisolated let capacity: Int
    private let executor: QueueExecutor
    private let encoder: TransformerEncoder
    private let head: ClassifierHead

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(_ weights: TransformerWeights, _ head: ClassifierHead, number: Int) {
        executor = QueueExecutor(label: "millrace.reranker.\(number)")
        capacity = max(512, weights.maxTokens)
        encoder = TransformerEncoder(weights, capacity: capacity)
        self.head = head
    }

    func score(_ inputs: [EncoderInput]) -> [Double] {
        encoder.forward(inputs, keeping: inputs.map { _ in [0..<1] }).map {
            Double(head.score(encoder.states($0).row(0)))
        }
    }
}

/// What a cross-encoder has on top of its encoder: a layer with tanh on the first token, then one of one or
/// two numbers.
struct ClassifierHead: Sendable {
    private let dense: [Float]
    private let denseBias: [Float]
    private let output: [Float]
    private let outputBias: [Float]

    init(_ folder: EncoderFolder) throws(ModelsError) {
        let (hidden, labels) = (folder.configuration.shape.hidden, folder.configuration.labels)
        let file = folder.directory.appending(path: "config.json").path
        guard labels > 0 else {
            throw .unsupported(
                file: file, reason: "its architecture has no classifier, expected …ForSequenceClassification")
        }
        guard labels <= 2 else {
            throw .unsupported(file: file, reason: "its classifier has \(labels) labels, expected 1 or 2")
        }
        let isBERT = folder.configuration.shape.family == .bert
        let (first, last) =
            isBERT ? ("pooler.dense", "classifier") : ("classifier.dense", "classifier.out_proj")
        for (name, shape) in [
            (first + ".weight", [hidden, hidden]), (first + ".bias", [hidden]),
            (last + ".weight", [labels, hidden]), (last + ".bias", [labels]),
        ] {
            _ = try folder.tensors.require(name, shape: shape)
        }
        dense = folder.tensors.floats(first + ".weight")
        denseBias = folder.tensors.floats(first + ".bias")
        output = folder.tensors.floats(last + ".weight")
        outputBias = folder.tensors.floats(last + ".bias")
    }

    /// The logit of relevance, of the first token's last hidden state.
    func score(_ state: [Float]) -> Float {
        let pooled = Self.apply(dense, denseBias, to: state).map { Float(tanh(Double($0))) }
        let logits = Self.apply(output, outputBias, to: pooled)
        return logits.count == 1 ? logits[0] : logits[1] - logits[0]
    }

    private static func apply(_ weights: [Float], _ bias: [Float], to x: [Float]) -> [Float] {
        bias.indices.map { row in
            weights[(row * x.count)..<((row + 1) * x.count)].span.dot(x.span) + bias[row]
        }
    }
}

extension Span<Float> {
    fileprivate func dot(_ other: Span<Float>) -> Float {
        precondition(count == other.count)
        var sum: Float = 0
        for i in indices { sum += self[i] * other[i] }
        return sum
    }
}
