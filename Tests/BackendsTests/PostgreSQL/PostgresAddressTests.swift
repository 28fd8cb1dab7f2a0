import Backends
import Testing

@Suite struct `Addresses of PostgreSQL` {
    private func hosts(_ text: String) -> [String]? {
        PostgresHost.list(text, port: 5_432).map { $0.map(\.description) }
    }

    @Test func `are one host or several, each with a port of its own or the common one`() {
        #expect(hosts("db.example") == ["db.example:5432"])
        #expect(hosts("a:1, b") == ["a:1", "b:5432"])
        #expect(hosts("/run/postgresql") == ["/run/postgresql:5432"])
        #expect(hosts("[::1]:6000,::2") == ["[::1]:6000", "[::2]:5432"])
    }

    @Test(arguments: ["", "a,,b", "a:", "a:0", "a:65536", "a:x", "[::1", "[::1]5432", "a b", "a,"])
    func `are refused when one of them is none`(text: String) {
        #expect(hosts(text) == nil)
    }

    @Test func `are refused when there are more than anybody has`() {
        #expect(hosts(Array(repeating: "a", count: 17).joined(separator: ",")) == nil)
    }

    @Test func `come as URLs, with what they say of the session`() throws {
        let found = try PostgresAddress(
            "postgresql://ann:p%40ss@a:5433,b/corpus?sslmode=verify-ca&sslrootcert=/ca.pem&target_session_attrs=read-write"
        )
        #expect(found.hosts == [PostgresHost(name: "a", port: 5_433), PostgresHost(name: "b", port: 5_432)])
        #expect(found.database == "corpus" && found.user == "ann" && found.password == "p@ss")
        #expect(found.tls == .verifyCA && found.rootCertificate == "/ca.pem")
    }

    @Test func `come as keywords and values`() throws {
        let found = try PostgresAddress("host=a,b port=6000 dbname='my corpus'", port: 1)
        #expect(found.hosts.map(\.port) == [6_000, 6_000])
        #expect(found.database == "my corpus" && found.user == nil && found.tls == nil)
        #expect(try PostgresAddress("host=a,b port=1,2").hosts.map(\.port) == [1, 2])
        #expect(try PostgresAddress("host=a,b port=,2", port: 9).hosts.map(\.port) == [9, 2])
    }

    @Test(arguments: [
        "postgresql:///corpus", "host=a port=1,2", "host=a port=none", "postgresql://a/b?sslmode=prefer",
        "postgresql://a/b?options=-c%20x", "postgresql://a/b?nothing=1", "postgresql://a:secret@",
        "host=a\0b",
        "postgresql://a/b?target_session_attrs=best",
    ])
    func `are refused in words that hold nothing of the text`(text: String) throws {
        let fault = #expect(throws: PostgresAddress.Fault.self) { try PostgresAddress(text) }
        #expect(!(try #require(fault)).description.contains("secret"))
    }

    @Test func `name every host in messages, and never who`() {
        let settings = PostgresSettings(host: "a:1,b", database: "corpus", user: "ann")
        #expect(settings.name == "a:1,b:5432/corpus")
        #expect(settings.hosts.count == 2)
    }
}
