/// The tokens of a passage and those of each of its units.
struct EvidenceInput: Sendable {
    var ids: [Int32]
    /// Positions among ``ids``; empty for a unit that was cut off.
    var units: [Range<Int>]
}

extension LocalEmbedder: EvidenceEmbedder {
    /// Units have vectors where the model takes the mean of its tokens and cuts words into pieces whose places are
    /// known; of other models each passage has none.
    ///
    /// - Throws: `CancellationError` if the task is cancelled; checked once a batch.
    public func embed(_ passages: [EvidencePassage]) async throws -> [EvidenceEmbedding] {
        guard let pieces = wordPiecesOfMeans else {
            let vectors = try await embed(passages.map(\.text), purpose: .passage)
            return vectors.map { EvidenceEmbedding(vector: $0, units: []) }
        }
        let prefix = passagePrefix
        let inputs = passages.map { pieces.encode($0.behind(prefix), maxTokens: model.maxTokens) }
        let batches = Self.pack(inputs.map(\.ids.count), capacity: batchCapacity)
        var embeddings = [EvidenceEmbedding?](repeating: nil, count: passages.count)
        try await forEachBatch(batches) { worker, batch in
            (batch, await worker.encode(batch.map { inputs[$0] }))
        } receive: { batch, encoded in
            for (i, embedding) in zip(batch, encoded) { embeddings[i] = embedding }
        }
        count(inputs.reduce(0) { $0 + $1.ids.count }, for: .passage)
        return embeddings.compactMap(\.self)
    }
}

extension EvidencePassage {
    /// The same behind what a model wants to stand before a passage.
    func behind(_ prefix: String) -> EvidencePassage {
        guard !prefix.isEmpty else { return self }
        let count = prefix.utf8.count
        return EvidencePassage(
            text: prefix + text,
            units: units.map { ($0.lowerBound + count)..<($0.upperBound + count) })
    }
}

extension WordPieceTokenizer {
    /// The ids of a passage between `[CLS]` and `[SEP]`, and where its units stand among them.
    func encode(_ passage: EvidencePassage, maxTokens: Int) -> EvidenceInput {
        let (ids, sources) = encodeWithSources(passage.text, maxTokens: maxTokens)
        let units = passage.units.map { unit in
            let first = sources.firstIndex { !$0.isEmpty && $0.overlaps(unit) }
            let last = sources.lastIndex { !$0.isEmpty && $0.overlaps(unit) }
            guard let first, let last else { return 0..<0 }
            return first..<(last + 1)
        }
        return EvidenceInput(ids: ids, units: units)
    }
}
