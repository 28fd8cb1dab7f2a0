import Backends
import TestSupport

extension PostgresServer {
    /// Sessions with it, in a schema of the test's own.
    func pool(
        size: Int = 4, schema: String? = nil, password: String? = "secret", database: String? = nil,
        tls: PostgresSettings.TLS = .disable, keepsStatements: Bool = true, patience: Duration = .seconds(10)
    ) -> PostgresPool {
        PostgresPool(
            PostgresSettings(
                host: host, port: port, database: database ?? self.database, user: user,
                password: { password }, tls: tls, schema: schema, keepsStatements: keepsStatements),
            size: size, patience: patience)
    }
}
