import Corpus
import Models

extension IngestRun {
    func levelIndexes() async throws {
        guard pipeline.options.levelsIndex, !pipeline.options.isDryRun else { return }
        guard pipeline.index != nil || pipeline.words != nil else { return }
        tell(.index)
        try await Self.level(pipeline, followed)
    }

    /// - Parameter followed: documents whose changes are in the index of words.
    private static func level(_ pipeline: IngestPipeline, _ followed: Set<String>) async throws {
        let model = pipeline.embedder.model.name
        if let index = pipeline.index {
            try await VectorIndexSync.level(store: pipeline.store, index: index, model: model)
        }
        if let words = pipeline.words {
            try await TextIndexSync.level(
                store: pipeline.store, index: words, model: model, known: followed)
        }
    }

    /// However the run ended, the indexes follow what the database holds, and are saved.
    func finishIndexes() async {
        guard !pipeline.options.isDryRun, pipeline.index != nil || pipeline.words != nil else { return }
        do {
            tell(.index)
            // In a task of its own: a server's database reads nothing for one that was cancelled.
            try await Self.finishing(pipeline, followed).value
        } catch {
            report.stopReason = report.stopReason ?? "\(error)"
        }
    }

    private static func finishing(
        _ pipeline: IngestPipeline, _ followed: Set<String>
    ) -> Task<Void, any Error> {
        Task {
            if pipeline.options.levelsIndex { try await level(pipeline, followed) }
            guard pipeline.index != nil else { return }
            let generation = try await pipeline.store.generation
            try await VectorWriter.waiting { try pipeline.saveIndex(generation) }
        }
    }
}
