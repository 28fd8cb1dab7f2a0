import Dispatch

/// One thread's encoder. The actor runs on a queue of its own, so that a batch, tens of milliseconds of
/// arithmetic, never holds up the cooperative thread pool.
actor EncoderWorker {
    /// Most tokens of one batch.
    static let capacity = 512

    private let executor: QueueExecutor
    private let encoder: TransformerEncoder

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(_ weights: TransformerWeights, number: Int) {
        executor = QueueExecutor(label: "millrace.encoder.\(number)")
        encoder = TransformerEncoder(weights, capacity: Self.capacity)
    }

    func encode(_ texts: [[Int32]]) -> [[Float]] { encoder.encode(texts) }

    func tokenize(_ texts: ArraySlice<String>, with tokenizer: WordPieceTokenizer) -> [[Int32]] {
        texts.map { tokenizer.encode($0, maxTokens: LocalModel.maxTokens) }
    }

    /// One short way for a single query.
    func encode(_ texts: [String], with tokenizer: WordPieceTokenizer) -> [[Float]] {
        encoder.encode(texts.map { tokenizer.encode($0, maxTokens: LocalModel.maxTokens) })
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
