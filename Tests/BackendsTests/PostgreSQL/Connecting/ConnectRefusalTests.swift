import Corpus
import Foundation
import TestSupport
import Testing

@testable import Backends

@Suite(.timeLimit(.minutes(1))) struct `Whom PostgreSQL does not let in` {
    /// What a refusal is taken for.
    enum Meaning: String, Sendable {
        case unreachable, notAdmitted, noRule, noPrivilege, full, closed, certificate, noDatabase, noStandby
        case other

        init(_ error: PostgresError?) {
            self =
                switch error {
                case .cannotConnect: .unreachable
                case .notAdmitted: .notAdmitted
                case .noAccessRule: .noRule
                case .mayNotConnect: .noPrivilege
                case .noSessionLeft: .full
                case .databaseClosed: .closed
                case .certificate: .certificate
                case .noSuchDatabase: .noDatabase
                case .replicaUnusable: .noStandby
                default: .other
                }
        }
    }

    /// What libpq says before everything that a server says.
    private static let place = #"connection to server at "db.example" (10.0.0.1), port 5432 failed: "#

    private func settings(
        user: String = "ann", database: String = "wiki", tls: PostgresSettings.TLS = .verifyFull
    ) -> PostgresSettings {
        PostgresSettings(host: "db.example", database: database, user: user, tls: tls)
    }

    private func refusal(_ told: String, _ settings: PostgresSettings) -> PostgresError {
        PostgresConnection.refusal(Self.place + told, settings, settings.hosts[0])
    }

    @Test(arguments: [
        (#"FATAL:  53300: too many connections for role "ann""#, Meaning.full),
        (#"FATAL:  53300: too many connections for database "wiki""#, .full),
        ("FATAL:  53300: sorry, too many clients already", .full),
        (
            "FATAL:  53300: remaining connection slots are reserved for roles with the SUPERUSER attribute",
            .full
        ),
        (#"FATAL:  42501: permission denied for database "wiki"; DETAIL:  User does not …"#, .noPrivilege),
        (#"FATAL:  55000: database "wiki" is not currently accepting connections"#, .closed),
        (#"FATAL:  3D000: database "wiki" does not exist"#, .noDatabase),
        (#"FATAL:  28P01: password authentication failed for user "ann""#, .notAdmitted),
        (#"FATAL:  28000: role "ann" is not permitted to log in"#, .notAdmitted),
        ("FATAL:  57P03: the database system is starting up", .unreachable),
        // In another language only the code is the same.
        (#"FATAL:  53300: zu viele Verbindungen für Rolle »ann«"#, .full),
        (#"FATAL:  28P01: Passwort-Authentifizierung für Benutzer »ann« fehlgeschlagen"#, .notAdmitted),
        (#"FATAL:  3D000: Datenbank »wiki« existiert nicht"#, .noDatabase),
    ])
    func `are told why by the server's code`(told: String, meaning: Meaning) {
        let error = refusal(told, settings())
        #expect(Meaning(error) == meaning, "\(error)")
        #expect(error.description.contains("db.example:5432/wiki"))
        // The code is for us; people read the words.
        #expect(!error.description.contains("FATAL:  53300:") && !error.description.contains("28P01"))
    }

    @Test(arguments: [
        (#"FATAL:  too many connections for role "ann""#, Meaning.full),
        (#"FATAL:  too many connections for database "wiki""#, .full),
        ("FATAL:  no more connections allowed (max_client_conn)", .full),
        (#"FATAL:  permission denied for database "wiki""#, .noPrivilege),
        (#"FATAL:  database "wiki" is not currently accepting connections"#, .closed),
        (#"FATAL:  database "wiki" does not exist"#, .noDatabase),
        (#"FATAL:  role "ann" does not exist"#, .notAdmitted),
        ("fe_sendauth: no password supplied", .notAdmitted),
        (#"root certificate file "/root/ca.pem" does not exist"#, .certificate),
        ("server does not support SSL, but SSL was required", .certificate),
        ("SSL error: certificate verify failed", .certificate),
        (#"server certificate for "x" does not match host name "db.example""#, .certificate),
        ("could not send SSL negotiation packet: Connection refused", .unreachable),
        ("SSL SYSCALL error: EOF detected", .unreachable),
        ("Connection refused", .unreachable),
        ("server is not in hot standby mode", .noStandby),
        ("session is read-only", .unreachable),
    ])
    func `are told why by the words where there is no code`(told: String, meaning: Meaning) {
        let error = refusal(told, settings())
        #expect(Meaning(error) == meaning, "\(error)")
    }

    @Test(arguments: ["ssl_reader", "tls", "a certificate", #"role "x""#, "too many connections"])
    func `are no other matter for being called what they are called`(name: String) {
        let settings = settings(user: name, database: name)
        for code in ["", "28P01: "] {
            let error = refusal(
                #"FATAL:  \#(code)password authentication failed for user "\#(name)""#, settings)
            #expect(Meaning(error) == .notAdmitted, "\(error)")
        }
        for code in ["", "53300: "] {
            let error = refusal(#"FATAL:  \#(code)too many connections for role "\#(name)""#, settings)
            #expect(Meaning(error) == .full, "\(error)")
        }
        let error = refusal(#"FATAL:  database "\#(name)" does not exist"#, settings)
        #expect(Meaning(error) == .noDatabase, "\(error)")
    }

    @Test func `for want of a rule hear whether TLS has to do with it`() {
        let told = #"no pg_hba.conf entry for host "10.0.0.9", user "ann", database "wiki", "#
        for code in ["", "28000: "] {
            let plain = refusal("FATAL:  \(code)\(told)no encryption", settings(tls: .disable))
            let encrypted = refusal("FATAL:  \(code)\(told)SSL encryption", settings())
            guard case .noAccessRule(_, "ann", false, _) = plain,
                case .noAccessRule(_, "ann", true, _) = encrypted
            else {
                Issue.record("\(plain) \(encrypted)")
                return
            }
            for text in [plain.description, encrypted.description] {
                #expect(text.contains("database.tls") && !text.contains("database.password"), "\(text)")
                #expect(!text.contains("certificate"), "\(text)")
            }
        }
        // A proxy of the cloud, in its own words.
        let proxy = refusal("FATAL:  28000: This RDS Proxy requires TLS connections", settings(tls: .disable))
        #expect(Meaning(proxy) == .noRule)
    }

    @Test func `may come in later where others only have all the room, or the database is closed`() {
        let told = [
            #"FATAL:  53300: too many connections for role "ann""#,
            #"FATAL:  55000: database "wiki" is not currently accepting connections"#,
        ]
        for told in told {
            let error = refusal(told, settings())
            #expect(error.isTransient && error.isWorthRepeating && error.isOfConnecting)
            guard case .unavailable = PostgresCorpus.told(error, "db") else {
                Issue.record("\(error) is final")
                return
            }
        }
        let lasting = refusal(#"FATAL:  42501: permission denied for database "wiki""#, settings())
        #expect(!lasting.isTransient && lasting.description.contains("GRANT CONNECT"))
    }

    // MARK: By a server

    private let server: PostgresServer

    init() throws {
        server = try PostgresServer.shared(.v18)
    }

    private func meaning(user: String, password: String = "secret", database: String = "postgres") -> Meaning
    {
        let settings = PostgresSettings(
            host: server.host, port: server.port, database: database, user: user, tls: .disable)
        do {
            _ = try PostgresConnection(settings, password: password)
            return .other
        } catch {
            return Meaning(error as? PostgresError)
        }
    }

    @Test func `are told apart as a server says it`() async throws {
        // Shared with every other test: roles and databases have names of their own.
        let name = PostgresServer.freshSchema()
        try await server.pool(size: 1).withConnection { db in
            try db.simple("CREATE ROLE \(name)_ssl LOGIN PASSWORD 'secret'")
            try db.simple("CREATE ROLE \(name)_few LOGIN PASSWORD 'secret' CONNECTION LIMIT 0")
            try db.simple("CREATE ROLE \(name)_no PASSWORD 'secret'")
            try db.simple("CREATE DATABASE \(name)_full CONNECTION LIMIT 0")
            try db.simple("CREATE DATABASE \(name)_own")
            try db.simple("REVOKE CONNECT ON DATABASE \(name)_own FROM PUBLIC")
            try db.simple("CREATE DATABASE \(name)_closed ALLOW_CONNECTIONS false")
            return
        }
        let ann = "\(name)_ssl"
        #expect(meaning(user: "\(name)_few") == .full)
        #expect(meaning(user: ann, database: "\(name)_full") == .full)
        #expect(meaning(user: ann, database: "\(name)_own") == .noPrivilege)
        #expect(meaning(user: ann, database: "\(name)_closed") == .closed)
        #expect(meaning(user: ann, database: "\(name)_ssl") == .noDatabase)
        #expect(meaning(user: ann, password: "wrong") == .notAdmitted)
        #expect(meaning(user: "\(name)_no") == .notAdmitted)
        #expect(meaning(user: ann) == .other)
    }

    @Test func `are told in words without the place in the server's source`() async throws {
        let settings = server.pool(database: "nope").settings
        let error = #expect(throws: PostgresError.self) {
            _ = try PostgresConnection(settings, password: "secret")
        }
        let told = "\(try #require(error))"
        #expect(told.contains(#"database "nope" does not exist"#), "\(told)")
        #expect(!told.contains("LOCATION") && !told.contains("3D000") && !told.contains(".c:"), "\(told)")
    }
}
