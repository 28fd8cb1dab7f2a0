import Backends
import Corpus
import Foundation
import Ingest
import Models
import Transport

extension Services {
    /// Sessions with the database server that the settings name.
    func postgresPool() throws -> PostgresPool {
        try postgresPart {
            try self.makePostgresPool(size: self.settings[\.database.connections]) { [logger = self.logger] in
                Self.tell($0, logger)
            }
        }
    }

    /// Sessions of their own, for what may not wait for those of the corpus.
    func makePostgresPool(
        size: Int, report: @escaping @Sendable (PostgresPoolEvent) -> Void = { _ in }
    ) throws -> PostgresPool {
        PostgresPool(try primarySettings(), size: size, report: report)
    }

    /// Servers that follow the primary; `nil` where none is named.
    func postgresReplica() throws -> PostgresReplica? {
        try replicaPart {
            guard let settings = try self.replicaSettings() else { return nil }
            return PostgresReplica(
                settings, size: self.settings[\.database.connections], of: try self.postgresPool(),
                lagLimit: .seconds(self.settings[\.database.replicaLag])
            ) { [logger = self.logger] in Self.tell($0, logger) }
        }
    }

    /// Names this data folder among those of the processes that share a database.
    func nodeID() throws -> String {
        try nodePart {
            let file = self.settings[\.data].appendingPathComponent("node")
            if let text = try? String(contentsOf: file, encoding: .utf8) {
                let id = text.trimmingCharacters(in: .whitespacesAndNewlines)
                if id.utf8.count == 8, id.allSatisfy(\.isHexDigit) { return id }
            }
            let id = String(UUID().uuidString.lowercased().prefix(8))
            try Data("\(id)\n".utf8).write(to: file, options: .atomic)
            return id
        }
    }

    /// What keeps the indexes level with what other processes write; `nil` where there are no others.
    func indexFollower() async throws -> IndexFollower? {
        let corpus = try corpus()
        guard corpus is any SourceLeases else { return nil }
        let index = try await index()
        return IndexFollower(
            store: corpus, vectors: try await searchedIndex(), words: try await words(),
            model: try await embedder().model.name, logger: logger, catchUp: try await snapshotCatchUp(),
            levelled: try await levelNotes()
        ) { generation in try index.save(generation: UInt64(clamping: generation)) }
    }

    /// Where the indexes lie: those of a database on a server in a folder of its own, named by what the database says of
    /// itself, so that another one's are never taken for them.
    func derivedFolder() async throws -> URL {
        try await derivedPart {
            let folder = self.settings[\.data]
            guard let corpus = try self.corpus() as? PostgresCorpus else { return folder }
            return folder.appendingPathComponent("postgres")
                .appendingPathComponent(try await corpus.identity())
        }
    }
}
