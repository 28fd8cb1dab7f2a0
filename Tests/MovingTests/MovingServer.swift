import Backends
import Moving
import TestSupport

extension PostgresServer {
    /// A schema of its own, that is not there yet.
    func freshPlace() -> PostgresSettings {
        PostgresSettings(
            host: host, port: port, database: database, user: user, password: { [password] in password },
            tls: .disable, schema: Self.freshSchema())
    }
}

extension PostgresSettings {
    /// One statement, by a session that ends with it.
    @discardableResult
    func ask(_ sql: String) throws -> PostgresResult {
        try PostgresConnection(self, password: "secret").query(sql)
    }

    func number(_ sql: String) throws -> Int64? { try ask(sql).first?.int(0) }
}
