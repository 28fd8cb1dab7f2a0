import AWSServices
import Backends
import Corpus
import Foundation
import Ingest
import Models
import Transport

extension Services {
    /// Sessions with the database server that the settings name.
    func postgresPool() throws -> PostgresPool {
        try postgresPart { try self.makePostgresPool(size: self.settings[\.database.connections]) }
    }

    /// Sessions of their own, for what may not wait for those of the corpus.
    func makePostgresPool(size: Int) throws -> PostgresPool {
        guard let host = settings[\.database.host], !host.isEmpty else {
            throw settings.bad(
                \.database.host, "with database.provider postgres, the name of a server is expected")
        }
        return PostgresPool(
            PostgresSettings(
                host: host, port: settings[\.database.port], database: settings[\.database.name],
                user: settings[\.database.user], password: { try await self.databasePassword(host) },
                tls: settings[\.database.tls].setting,
                rootCertificate: settings[\.database.rootCertificate],
                schema: settings[\.database.schema],
                statementTimeout: .seconds(settings[\.database.statementTimeout]),
                keepsStatements: settings[\.database.keepsStatements]),
            size: size)
    }

    /// Asked for each connection: what stands for it may have changed, and a token lasts 15 minutes.
    private func databasePassword(_ host: String) async throws -> String? {
        guard settings[\.database.signsIn] else { return settings[\.database.password] }
        let account = try await awsAccount()
        return try RDSAuthToken.make(
            host: host, port: settings[\.database.port], user: settings[\.database.user],
            region: account.region, credentials: try await account.credentials.credentials(), date: Date())
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
            model: try await embedder().model.name, logger: logger
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
