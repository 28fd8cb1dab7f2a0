import Corpus
import Models
import Text

extension DocumentEmbedding {
    /// Has texts analyzed that were not yet, and keeps what was found.
    ///
    /// A text that cannot be analyzed is not embedded either: its document would be taken for done, and never be asked
    /// about again.
    func analyze(
        _ documents: [PreparedDocument], _ hashes: Set<String>, _ result: inout EmbeddedDocuments
    ) async {
        guard let analyzer else { return }
        let known: Set<String>
        do {
            known = try await store.insightHashes(
                analyzer: analyzer.name, contentHashes: Array(hashes))
        } catch {
            result.storeFailure = "\(error)"
            return
        }
        var planned = known
        var texts: [(hash: String, text: String)] = []
        for document in documents {
            for (chunk, hash) in zip(document.chunks, document.textHashes)
            where planned.insert(hash).inserted { texts.append((hash, chunk.text)) }
        }
        for start in stride(from: 0, to: texts.count, by: textsPerBatch) {
            let batch = texts[start..<min(start + textsPerBatch, texts.count)]
            do {
                try await analyze(batch, by: analyzer)
            } catch is CancellationError {
                result.isCancelled = true
                return
            } catch let error as CorpusError {
                result.storeFailure = "\(error)"
                return
            } catch {
                if Task.isCancelled { result.isCancelled = true }
                for item in batch {
                    result.failures[item.hash] = "\(analyzer.name): \(error)"
                    result.vectors[item.hash] = nil
                }
            }
        }
    }

    private func analyze(
        _ batch: ArraySlice<(hash: String, text: String)>, by analyzer: any TextAnalyzer
    ) async throws {
        let found = try await analyzer.insights(of: batch.map(\.text))
        guard found.count == batch.count else {
            throw ModelsError.wrongCount(
                model: analyzer.name, expected: batch.count, actual: found.count)
        }
        let insights = zip(batch, found).map { ($0.hash, PassageInsights($1)) }
        try await store.saveInsights(
            Dictionary(insights, uniquingKeysWith: { first, _ in first }), analyzer: analyzer.name)
    }
}

extension PassageInsights {
    init(_ insights: TextInsights) {
        self.init(
            language: insights.language, sentiment: insights.sentiment,
            entities: insights.entities.map { Entity(text: $0.text, type: $0.type) },
            keyPhrases: insights.keyPhrases)
    }
}
