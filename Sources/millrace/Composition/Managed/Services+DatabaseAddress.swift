import AWSServices
import Backends
import Foundation
import Logging
import Transport

extension Services {
    /// The server, or servers, that take writes.
    func primarySettings() throws -> PostgresSettings {
        guard let text = settings[\.database.url] else {
            guard let host = settings[\.database.host], !host.isEmpty else {
                throw settings.bad(
                    \.database.host, "with database.provider postgres, the name of a server is expected")
            }
            guard PostgresHost.list(host, port: settings[\.database.port]) != nil else {
                throw settings.bad(
                    \.database.host, "names of servers are expected, with commas between: HOST or HOST:PORT")
            }
            var found = databaseSettings(host: host)
            if settings[\.database.signsIn] { signIn(&found) }
            return found
        }
        guard settings[\.database.host] == nil else {
            throw settings.bad(
                \.database.host, "database.url names the server already; leave out one of them")
        }
        var found = databaseSettings(
            try address(text, port: settings[\.database.port]) { settings.bad(\.database.url, $0) })
        follow(\.database.url, &found)
        return found
    }

    func replicaSettings() throws -> PostgresSettings? {
        guard let text = settings[\.database.replicaURL] else { return nil }
        let primary = try primarySettings()
        let found = try address(text, port: settings[\.database.port]) {
            settings.bad(\.database.replicaURL, $0)
        }
        var replica = primary
        take(found, into: &replica)
        follow(\.database.replicaURL, &replica)
        return replica
    }

    private func address(
        _ text: String, port: Int, _ refused: (String) -> ConfigurationError
    ) throws -> PostgresAddress {
        do {
            return try PostgresAddress(text, port: port)
        } catch {
            throw refused("an address of PostgreSQL is expected, and \(error)")
        }
    }

    private func databaseSettings(_ address: PostgresAddress) -> PostgresSettings {
        var found = databaseSettings(host: "")
        take(address, into: &found)
        return found
    }

    /// A password that is written there goes before a token; a token is made for whom the address names.
    private func take(_ address: PostgresAddress, into found: inout PostgresSettings) {
        found.take(address)
        if settings[\.database.signsIn], address.password == nil { signIn(&found) }
    }

    private func databaseSettings(host: String) -> PostgresSettings {
        var found = PostgresSettings(
            host: host, port: settings[\.database.port], database: settings[\.database.name],
            user: settings[\.database.user], password: { self.settings[\.database.password] },
            tls: settings[\.database.tls].setting, rootCertificate: settings[\.database.rootCertificate],
            schema: settings[\.database.schema],
            statementTimeout: .seconds(settings[\.database.statementTimeout]),
            keepsStatements: settings[\.database.keepsStatements])
        found.renewPassword = { await self.renewReference(\.database.password, refused: $0) }
        found.productVersion = Millrace.version
        return found
    }

    /// The password that an address holds, where it holds one, is what the address says when it is asked for: the address
    /// may stand for a value elsewhere, and be another one by then.
    private func follow(
        _ path: any KeyPath<Keys, Setting<String?>> & Sendable, _ found: inout PostgresSettings
    ) {
        let port = settings[\.database.port]
        let password: @Sendable () -> String? = {
            self.settings[path].flatMap { try? PostgresAddress($0, port: port) }?.password
        }
        guard password() != nil else { return }
        found.password = { password() }
        found.renewPassword = { refused in
            if password() == refused, let text = self.settings[path] {
                _ = await self.renewReference(path, refused: text)
            }
            return password() != refused
        }
    }

    /// A token of AWS is made for one host and one user, anew for each connection: it lasts 15 minutes.
    ///
    /// - Parameter found: its user is settled.
    func signIn(_ found: inout PostgresSettings) {
        let user = found.user
        found.hostPassword = { host in
            let account = try await self.awsAccount()
            return try RDSAuthToken.make(
                host: host.name, port: host.port, user: user, region: account.region,
                credentials: try await account.credentials.credentials(), date: Date())
        }
    }

    // MARK: What is told

    static func tell(_ event: PostgresPoolEvent, _ logger: Logger) {
        switch event {
        case .lost(let reason):
            logger.warning(
                "the database is not available; what needs it is tried again for ten seconds each",
                metadata: ["millrace.reason": "\(reason)"])
        case .found(let server, let after):
            logger.warning(
                "the database is available again",
                metadata: [
                    "millrace.server": "\(server)", "millrace.seconds": "\((after / .seconds(1)).rounded())",
                ])
        case .moved(let from, let to):
            logger.warning(
                "another server serves the database",
                metadata: ["millrace.server": "\(to)", "millrace.before": "\(from)"])
        case .waiting(let reason):
            logger.warning(
                "the database's schema is not up to date yet, and what needs it waits",
                metadata: ["millrace.reason": "\(reason)"])
        }
    }

    static func tell(_ event: PostgresReplicaEvent, _ logger: Logger) {
        switch event {
        case .usable(let server):
            logger.info(
                "the replica of the database serves reads", metadata: ["millrace.server": "\(server)"])
        case .gone(let server, let reason):
            logger.warning(
                "the replica of the database cannot be used; the primary serves all reads",
                metadata: ["millrace.server": "\(server)", "millrace.reason": "\(reason)"])
        case .lagging(let server, let lag, let limit):
            logger.warning(
                "the replica of the database lags beyond database.replica_lag; the primary serves all reads",
                metadata: [
                    "millrace.server": "\(server)", "millrace.seconds": "\(lag / .seconds(1))",
                    "millrace.limit": "\(limit / .seconds(1))",
                ])
        }
    }
}

extension PostgresSettings {
    /// What an address says goes before what stood here.
    fileprivate mutating func take(_ address: PostgresAddress) {
        hosts = address.hosts
        if let database = address.database { self.database = database }
        if let user = address.user { self.user = user }
        if let password = address.password {
            self.password = { password }
            hostPassword = nil
            renewPassword = nil
        }
        if let tls = address.tls { self.tls = tls }
        if let file = address.rootCertificate { rootCertificate = file }
    }
}
