import TestSupport
import Testing

@testable import Backends

@Suite(.timeLimit(.minutes(1))) struct `TLS with PostgreSQL` {
    private static let shared = Result<PostgresTLSServer, any Error> { try PostgresTLSServer() }
    private let server: PostgresTLSServer

    init() throws {
        server = try Self.shared.get()
    }

    private func pool(
        _ host: String, _ tls: PostgresSettings.TLS, authority: String? = nil, user: String? = nil
    ) -> PostgresPool {
        let settings = PostgresSettings(
            host: host, port: server.port, database: server.database, user: user ?? server.user,
            password: { [password = server.password] in password }, tls: tls,
            rootCertificate: authority ?? server.authority)
        return PostgresPool(settings, size: 1, patience: .milliseconds(100))
    }

    /// Which version of TLS a session has; `nil` for none.
    private func version(by pool: PostgresPool) async throws -> String? {
        try await pool.transaction(.snapshot) {
            try $0.text("SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
        }
    }

    private func refusal(by pool: PostgresPool) async -> PostgresError? {
        await #expect(throws: PostgresError.self) { _ = try await version(by: pool) }
    }

    @Test func `is had with the very host that the certificate is for`() async throws {
        // The name is looked up here and the address given to libpq: the certificate is compared with the name.
        let found = try await version(by: pool("localhost", .verifyFull))
        #expect(found?.hasPrefix("TLSv1.") == true)
    }

    @Test func `is refused under another name, which any certificate of the authority will do for`()
        async throws
    {
        let error = await refusal(by: pool("127.0.0.1", .verifyFull))
        guard case .certificate(_, let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.contains("localhost") && reason.contains("127.0.0.1"), "\(reason)")
        let found = try await version(by: pool("127.0.0.1", .verifyCA))
        #expect(found?.hasPrefix("TLSv1.") == true)
    }

    @Test(arguments: [PostgresSettings.TLS.verifyFull, .verifyCA])
    func `is refused with a certificate of an authority that is not believed`(tls: PostgresSettings.TLS)
        async throws
    {
        let error = await refusal(by: pool("localhost", tls, authority: server.stranger))
        guard case .certificate = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(error?.description.contains("database.root_certificate") == true)
    }

    @Test func `is what a server asks for that has no rule for sessions without it`() async throws {
        let error = await refusal(by: pool("localhost", .disable))
        guard case .noAccessRule(_, server.user, false, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(error?.description.contains("database.tls") == true)
    }

    @Test func `may be what keeps somebody out, and is no fault of a certificate then`() async throws {
        let error = await refusal(by: pool("localhost", .verifyFull, user: server.plainUser))
        guard case .noAccessRule(_, server.plainUser, true, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        let found = try await version(by: pool("localhost", .disable, user: server.plainUser))
        #expect(found == nil)
    }
}
