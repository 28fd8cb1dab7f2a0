import AWSServices
import Backends
import Foundation
import Transport

extension Services {
    /// Sessions with the database server that the settings name.
    func postgresPool() throws -> PostgresPool {
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
            size: settings[\.database.connections])
    }

    /// Asked for each connection: what stands for it may have changed, and a token lasts 15 minutes.
    private func databasePassword(_ host: String) async throws -> String? {
        guard settings[\.database.signsIn] else { return settings[\.database.password] }
        let account = try await awsAccount()
        return try RDSAuthToken.make(
            host: host, port: settings[\.database.port], user: settings[\.database.user],
            region: account.region, credentials: try await account.credentials.credentials(), date: Date())
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
