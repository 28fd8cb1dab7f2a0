import Backends
import Corpus
import EngineSupport
import Foundation
import Models
import TestSupport
import Text
import TextIndex
import VectorIndex

@testable import Ingest

/// A database on a server, as several processes see it.
struct SharedDatabase {
    private let schema: TestSchema

    init(_ version: PostgresServer.Version = .v18) throws {
        schema = try TestSchema(version)
    }

    /// The corpus as another process opens it, with sessions of its own.
    func corpus() async throws -> PostgresCorpus { try await schema.corpus() }

    /// A process with indexes of its own.
    func process() async throws -> SharingProcess {
        let corpus = try await corpus()
        return SharingProcess(corpus: corpus, bench: try JobBench(store: corpus))
    }
}

/// One of several processes over one database.
struct SharingProcess {
    let corpus: PostgresCorpus
    let bench: JobBench

    func jobs(_ sources: any JobSource...) -> IngestJobs {
        bench.jobs(sources.map { $0 as any JobSource }, leases: corpus)
    }

    /// What keeps this process's indexes level.
    func follower() -> IndexFollower { bench.follower() }
}

extension JobBench {
    func follower() -> IndexFollower {
        IndexFollower(
            store: store, vectors: index, words: words, model: embedder.model.name, logger: Self.logger)
    }

    /// The passages whose words hold one.
    func found(_ word: String) throws -> Set<Int64> {
        let matches = try words.store.search(TextQuery(QueryAnalysis(word)), limit: 100, filter: nil)
        return Set(matches.map { Int64(bitPattern: $0.id) })
    }

    var areWordsLevel: Bool {
        get async throws {
            let stored = try await store.chunkIDs(model: embedder.model.name)
            return Set(words.store.ids().map { Int64(bitPattern: $0) }) == stored
        }
    }
}
