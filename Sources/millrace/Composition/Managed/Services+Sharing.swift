import Backends
import Corpus
import Crypto
import Foundation
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
            settings[\.database.sealKeys] != nil, let corpus = try corpus() as? PostgresCorpus,
            let levels = try await indexLevels(), let secret = try seal().secret(for: "shared results")
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

/// Rankings and answers in Redis. The pool counts and tells what fails; here it is as if nothing were known.
struct RedisSharedResults: SharedResults {
    let base: RedisResults

    func look(_ key: SharedKey, token: String, claim: Duration) async -> SharedLook {
        switch try? await base.look(key.kind.rawValue, key.bytes, token: token, claim: claim) {
        case .kept(let data): .kept(data)
        case .granted: .granted
        case .underWay: .underWay
        case nil: .unknown
        }
    }

    func keep(_ value: Data, for key: SharedKey) async -> Bool {
        (try? await base.keep(key.kind.rawValue, key.bytes, value)) ?? false
    }

    func renew(_ key: SharedKey, token: String, claim: Duration) async {
        _ = try? await base.renew(key.kind.rawValue, key.bytes, token: token, claim: claim)
    }

    func release(_ key: SharedKey, token: String) async {
        try? await base.release(key.kind.rawValue, key.bytes, token: token)
    }
}
