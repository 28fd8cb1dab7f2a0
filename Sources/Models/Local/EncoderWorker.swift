import Dispatch

/// One thread's encoder. The actor runs on a queue of its own, so that a batch, tens of milliseconds of
/// arithmetic, never holds up the cooperative thread pool.
actor EncoderWorker {
    /// Most tokens of one batch.
    nonisolated let capacity: Int
    private let executor: QueueExecutor
    private let encoder: TransformerEncoder
    private let pooling: SentenceEmbedding.Pooling
    private let maxTokens: Int

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(_ weights: TransformerWeights, pooling: SentenceEmbedding.Pooling, number: Int) {
        executor = QueueExecutor(label: "millrace.encoder.\(number)")
        capacity = max(512, weights.maxTokens)
        encoder = TransformerEncoder(weights, capacity: capacity)
        (self.pooling, maxTokens) = (pooling, weights.maxTokens)
    }

    func encode(_ texts: [[Int32]]) -> [[Float]] { encoder.encode(texts, pooling: pooling) }

    /// Passages with the means over their units' tokens, from one pass.
    func encode(_ inputs: [EvidenceInput]) -> [EvidenceEmbedding] {
        zip(inputs, encoder.forward(inputs.map { EncoderInput($0.ids) })).map { input, rows in
            let whole = FloatKernels.unitMean(encoder.states(rows))
            let units = input.units.map { unit in
                guard !unit.isEmpty else { return whole }
                let part = (rows.lowerBound + unit.lowerBound)..<(rows.lowerBound + unit.upperBound)
                return FloatKernels.unitMean(encoder.states(part))
            }
            return EvidenceEmbedding(vector: whole, units: units)
        }
    }

    func tokenize(_ texts: ArraySlice<String>, with tokenizer: any PairTokenizer) -> [[Int32]] {
        texts.map { tokenizer.encode($0, maxTokens: maxTokens) }
    }

    /// One short way for a single query.
    func encode(
        _ texts: [String], with tokenizer: any PairTokenizer
    ) -> [(vector: [Float], tokens: Int)] {
        let tokens = tokenize(texts[...], with: tokenizer)
        return zip(encode(tokens), tokens).map { ($0, $1.count) }
    }
}

/// Runs an actor's jobs one after another on a dispatch queue.
final class QueueExecutor: SerialExecutor {
    private let queue: DispatchQueue

    init(label: String) { queue = DispatchQueue(label: label) }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
