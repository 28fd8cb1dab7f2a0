import Backends
import Corpus
import Foundation
import Ingest
import Logging
import Models
import VectorIndex

extension Services {
    /// Vectors in the database, level with its passages.
    ///
    /// Several processes may level it at once: each stores what is there already, unchanged.
    func levelSharedVectors(
        _ corpus: any DocumentStore & EmbeddingStore, model: EmbeddingModel
    ) async throws -> PostgresVectorStore {
        let store = try await sharedVectors(model: model)
        let change = try await VectorIndexSync.level(store: corpus, index: store, model: model.name)
        if change.added + change.removed > 0 {
            logger.info(
                "vectors in PostgreSQL brought level with the database",
                metadata: ["millrace.added": "\(change.added)", "millrace.removed": "\(change.removed)"])
        }
        return store
    }

    /// - Throws: where the passages are not in PostgreSQL.
    func checkSharedVectors() throws {
        guard settings[\.database.provider] == .postgres else {
            throw settings.bad(
                \.vectors.provider,
                "pgvector is for passages that are in PostgreSQL too: database.provider postgres is expected")
        }
    }

    /// Vectors in the database as they are.
    func sharedVectors(model: EmbeddingModel) async throws -> PostgresVectorStore {
        try checkSharedVectors()
        var options = PostgresVectorOptions()
        options.indexFrom = settings[\.vectors.indexFrom]
        options.buildMemory = settings[\.vectors.buildMemory] << 20
        // A pool of its own: vectors are searched from within a snapshot, which holds a session of the corpus's pool.
        let pool = try makePostgresPool(size: settings[\.vectors.connections])
        // By what the database says of itself: numbers of passages are given anew where its content is another.
        let content = try await (corpus() as? PostgresCorpus)?.identity() ?? ""
        return try await PostgresVectorStore.open(
            pool, model: "\(model.name) \(content)", dimension: model.dimension, options: options
        ) { [logger] in Self.tell($0, logger) }
    }

    private static func tell(_ build: PostgresVectorBuild, _ logger: Logger) {
        switch build {
        case .begun(let vectors):
            logger.info(
                "an index of vectors is being built in PostgreSQL; searches compare all until then",
                metadata: ["millrace.vectors": "\(vectors)"])
        case .advanced(let phase, let share):
            var metadata: Logger.Metadata = ["millrace.phase": "\(phase)"]
            if let share { metadata["millrace.percent"] = "\(Int((share * 100).rounded()))" }
            logger.debug("the index of vectors is being built", metadata: metadata)
        case .ended(let took):
            logger.info(
                "the index of vectors is built",
                metadata: ["millrace.seconds": "\((took / .seconds(1)).rounded())"])
        case .failed(let reason):
            logger.warning(
                "the index of vectors could not be built; searches compare all until the next start",
                metadata: ["millrace.reason": "\(reason)"])
        }
    }
}
