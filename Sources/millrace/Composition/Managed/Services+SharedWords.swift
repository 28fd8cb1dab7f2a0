import Backends
import Corpus
import Ingest
import Logging
import Models
import QA
import TextIndex

extension Services {
    /// Words in the database, level with its passages.
    ///
    /// Several processes may level them at once: each stores what is there already, unchanged.
    func levelSharedWords(
        _ corpus: any DocumentStore & EmbeddingStore & PassageTextStore, model: EmbeddingModel
    ) async throws -> WordIndex {
        let store = try await sharedWords(model: model)
        // Searches keep what they found by the index's changes, which this counts.
        try follow(.corpus) { store.lookAgain() }
        let revised = RevisedTextStore(
            store, changesElsewhere: { store.revision }, onChange: try telling(.corpus))
        let index = WordIndex(revised, isLevelUpTo: store.level) { sequence in
            try store.save(upTo: Int64(clamping: sequence))
        }
        try await level(
            index, with: corpus, model: model, "words in PostgreSQL brought level with the database")
        return index
    }

    /// - Throws: where the passages are not in PostgreSQL.
    func checkSharedWords() throws {
        guard settings[\.database.provider] == .postgres else {
            throw settings.bad(
                \.words.provider,
                "postgres is for passages that are in PostgreSQL too: database.provider postgres is expected")
        }
    }

    /// Words in the database as they are.
    func sharedWords(model: EmbeddingModel) async throws -> PostgresTextStore {
        try checkSharedWords()
        // A pool of its own: words are searched from within a snapshot, which holds a session of the corpus's pool.
        let pool = try makePostgresPool(size: settings[\.words.connections])
        // By what the database says of itself: numbers of passages are given anew where its content is another.
        let content = try await (corpus() as? PostgresCorpus)?.identity() ?? ""
        return try await PostgresTextStore.open(pool, content: "\(model.name) \(content)")
    }
}
