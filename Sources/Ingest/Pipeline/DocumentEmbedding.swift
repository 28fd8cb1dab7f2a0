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
    let store: any EmbeddingStore
    let embedder: any Embedder
    let textsPerBatch: Int

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
        var pending: [(hash: String, text: String)] = []
        var planned = Set<String>()
        for document in documents {
            for (chunk, hash) in zip(document.chunks, document.textHashes)
            where result.vectors[hash] == nil && planned.insert(hash).inserted {
                pending.append((hash, chunk.embeddedText))
            }
        }
        for start in stride(from: 0, to: pending.count, by: textsPerBatch) {
            await embed(pending[start..<min(start + textsPerBatch, pending.count)], into: &result)
            if result.isCancelled || result.isDead { break }
        }
        return result
    }

    private func embed(
        _ batch: ArraySlice<(hash: String, text: String)>, into result: inout EmbeddedDocuments
    ) async {
        do {
            let vectors = try await checkedVectors(batch.map(\.text))
            for (item, vector) in zip(batch, vectors) { result.vectors[item.hash] = vector }
            result.embeddedCount += batch.count
        } catch {
            await embedSingly(batch, after: error, into: &result)
        }
    }

    /// One bad text must not take its neighbors along.
    private func embedSingly(
        _ batch: ArraySlice<(hash: String, text: String)>, after batchError: any Error,
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
                result.vectors[item.hash] = try await checkedVectors([item.text]).first
                result.embeddedCount += 1
                hasSucceeded = true
            } catch {
                result.failures[item.hash] = "\(error)"
            }
        }
        if Task.isCancelled { result.isCancelled = true }
        result.isDead = !hasSucceeded && batch.count > 1
    }

    private func checkedVectors(_ texts: [String]) async throws -> [[Float]] {
        let vectors = try await embedder.embed(texts, purpose: .passage)
        let dimension = embedder.model.dimension
        guard vectors.count == texts.count,
            vectors.allSatisfy({ $0.count == dimension && $0.allSatisfy(\.isFinite) })
        else { throw UnusableVectors(model: embedder.model.name) }
        return vectors
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
