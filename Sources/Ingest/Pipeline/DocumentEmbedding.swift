import Corpus
import Models
import Text

/// Documents with the vectors of their texts, as far as there are any.
struct EmbeddedDocuments: Sendable {
    var documents: [PreparedDocument]
    /// By hash of the embedded text.
    var vectors: [String: [Float]] = [:]
    /// Why a text has no vector, by the same hash.
    var failures: [String: String] = [:]
    var embeddedCount = 0
    /// The texts were sent one by one as well, and not one succeeded.
    var isDead = false
    var isCancelled = false
    /// What the store refused; nothing was embedded then.
    var storeFailure: String?
}

/// Embeds what is not yet known, a batch at a time.
struct DocumentEmbedding: Sendable {
    let store: any EmbeddingStore & InsightStore
    let embedder: any Embedder
    let textsPerBatch: Int
    /// What finds out about texts beside their vectors; `nil` for nothing.
    var analyzer: (any TextAnalyzer)?

    /// After so many single failures in a batch without one success the rest is not tried.
    static let patience = 8

    func embed(_ documents: [PreparedDocument]) async -> EmbeddedDocuments {
        var result = EmbeddedDocuments(documents: documents)
        let hashes = Set(documents.flatMap(\.textHashes))
        do {
            result.vectors = try await store.embeddings(
                model: embedder.model.name, contentHashes: Array(hashes))
        } catch {
            result.storeFailure = "\(error)"
            return result
        }
        let lacking = await lackingEvidence(hashes, &result)
        guard result.storeFailure == nil else { return result }
        await analyze(documents, hashes, &result)
        guard result.storeFailure == nil, !result.isCancelled else { return result }
        var pending: [Pending] = []
        var planned = Set<String>()
        for document in documents {
            for (chunk, hash) in zip(document.chunks, document.textHashes)
            where result.failures[hash] == nil
                && (result.vectors[hash] == nil || lacking.contains(hash)) && planned.insert(hash).inserted
            {
                pending.append(Pending(hash: hash, chunk: chunk))
            }
        }
        for start in stride(from: 0, to: pending.count, by: textsPerBatch) {
            await embed(pending[start..<min(start + textsPerBatch, pending.count)], into: &result)
            if result.isCancelled || result.isDead { break }
        }
        return result
    }

    private func embed(
        _ batch: ArraySlice<Pending>, into result: inout EmbeddedDocuments
    ) async {
        do {
            try await embedChecked(batch, into: &result)
        } catch {
            await embedSingly(batch, after: error, into: &result)
        }
    }

    /// One bad text must not take its neighbors along.
    private func embedSingly(
        _ batch: ArraySlice<Pending>, after batchError: any Error,
        into result: inout EmbeddedDocuments
    ) async {
        var hasSucceeded = false
        var attempts = 0
        for item in batch {
            guard !Task.isCancelled else {
                result.isCancelled = true
                return
            }
            guard hasSucceeded || attempts < Self.patience else {
                result.failures[item.hash] = "\(batchError)"
                continue
            }
            attempts += 1
            do {
                try await embedChecked([item][...], into: &result)
                hasSucceeded = true
            } catch {
                result.failures[item.hash] = "\(error)"
            }
        }
        if Task.isCancelled { result.isCancelled = true }
        result.isDead = !hasSucceeded && batch.count > 1
    }

    /// Of texts that are known already only the evidence is new.
    private func embedChecked(_ batch: ArraySlice<Pending>, into result: inout EmbeddedDocuments) async throws
    {
        let new = batch.filter { result.vectors[$0.hash] == nil }.count
        if let embedder = embedder as? any EvidenceEmbedder {
            let embeddings = try await embedder.embed(batch.map { EvidencePassage($0.chunk) })
            try check(embeddings.map(\.vector) + embeddings.flatMap(\.units), batch.count, embeddings.count)
            let evidence = zip(batch, embeddings).map { item, embedding in
                (item.hash, EvidenceVectors(embedding.units, rules: EvidenceUnits.version).data)
            }
            try await store.saveEvidence(
                Dictionary(evidence, uniquingKeysWith: { first, _ in first }), model: embedder.model.name,
                rules: EvidenceUnits.version)
            for (item, embedding) in zip(batch, embeddings) { result.vectors[item.hash] = embedding.vector }
        } else {
            let vectors = try await embedder.embed(batch.map(\.chunk.embeddedText), purpose: .passage)
            try check(vectors, batch.count, vectors.count)
            for (item, vector) in zip(batch, vectors) { result.vectors[item.hash] = vector }
        }
        result.embeddedCount += new
    }

    private func check(_ vectors: [[Float]], _ expected: Int, _ count: Int) throws {
        let dimension = embedder.model.dimension
        guard count == expected,
            vectors.allSatisfy({ $0.count == dimension && $0.allSatisfy(\.isFinite) })
        else { throw UnusableVectors(model: embedder.model.name) }
    }

    /// Texts whose units have no vectors yet, though the embedder can tell them.
    private func lackingEvidence(
        _ hashes: Set<String>, _ result: inout EmbeddedDocuments
    ) async -> Set<String> {
        guard embedder is any EvidenceEmbedder else { return [] }
        do {
            return hashes.subtracting(
                try await store.evidenceHashes(
                    model: embedder.model.name, rules: EvidenceUnits.version, contentHashes: Array(hashes)))
        } catch {
            result.storeFailure = "\(error)"
            return []
        }
    }

    /// A text that is to be embedded.
    private struct Pending: Sendable {
        var hash: String
        var chunk: Chunk
    }
}

/// The embedder broke its contract.
struct UnusableVectors: Error, CustomStringConvertible {
    var model: String

    var description: String {
        """
        The model \(model) gave too few vectors, or one of a wrong length or with numbers that are not \
        finite. Check that the model's files and its configured dimension belong together.
        """
    }
}
