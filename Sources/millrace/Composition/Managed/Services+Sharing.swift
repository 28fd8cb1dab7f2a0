import Backends
import Corpus
import Ingest
import QA
import VectorIndex
import Workspace

extension Services {
    /// How rankings and answers are shared with the processes that share the database; `nil` where nothing is.
    ///
    /// For that they need a memory, one corpus, and keys that all of them have: what lies in the memory is sealed.
    func resultSharing() async throws -> ResultSharing? {
        guard let memory = try redis(), settings[\.cache.redisResultsLifetime] > 0,
            sharesSeal, let corpus = try corpus() as? PostgresCorpus,
            let levels = try await indexLevels(), let secret = try await seal().secret(for: "shared results")
        else { return nil }
        let results = memory.results(
            secret: secret, lifetime: .seconds(settings[\.cache.redisResultsLifetime]))
        let identity = try await corpus.identity()
        let facts = try await agreedFacts(of: identity)
        let scope =
            [identity, Millrace.version]
            + AgreedSettings.resultGroups.map { facts.digest(of: $0) }
        return ResultSharing(results: results, levels: levels, scope: scope.joined(separator: " "))
    }

    /// Where sessions of people are kept and looked up, those of all tenants: in a memory that processes share before the
    /// database, where all of them have the keys that it is sealed with.
    func sessions() async throws -> any SessionStore {
        if let root { return try await root.sessions() }
        let store = try workspace()
        guard let memory = try redis(), sharesSeal,
            let secret = try await seal().secret(for: "shared sessions")
        else { return store }
        return memory.sessions(store, secret: secret)
    }

    /// Tells when the indexes of this process are level with the database; `nil` where no others write to it.
    private func indexLevels() async throws -> IndexLevels? {
        try await indexLevelsPart {
            guard try self.corpus() is any SourceLeases,
                let words = try await self.words().store as? any RevisedIndex
            else { return nil }
            return IndexLevels(vectors: try await self.searchedIndex(), words: words)
        }
    }

    /// What whoever follows the database tells of the indexes.
    func levelNotes() async throws -> @Sendable (Int64, () async throws -> Bool) async throws -> Void {
        guard let levels = try await indexLevels() else { return { _, _ in } }
        return { sequence, isLast in
            // The indexes first, then the database: what came between is in the database before it is in them.
            guard let mark = levels.mark(), !levels.isNoted(mark, sequence), try await isLast() else {
                return
            }
            levels.note(mark, isLevelWith: sequence)
        }
    }
}
