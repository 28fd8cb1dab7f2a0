import Corpus
import Models

extension IngestRun {
    func levelIndexes() async throws {
        guard pipeline.options.levelsIndex, !pipeline.options.isDryRun else { return }
        guard pipeline.index != nil || pipeline.words != nil else { return }
        tell(.index)
        try await level()
    }

    private func level() async throws {
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
            if pipeline.options.levelsIndex { try await level() }
            guard pipeline.index != nil else { return }
            let generation = try await pipeline.store.generation
            try await VectorWriter.waiting { [pipeline] in try pipeline.saveIndex(generation) }
        } catch {
            report.stopReason = report.stopReason ?? "\(error)"
        }
    }
}
