import Confluence
import CorpusSQLite
import Foundation
import TestSupport
import Testing
import Transport

@Suite(.timeLimit(.minutes(1))) struct `Addresses of sites that are named over HTTP` {
    private func addresses(_ allowed: String..., http: Bool = false) throws -> SiteAddresses {
        try SiteAddresses(allowing: allowed, allowsHTTP: http)
    }

    @Test(arguments: [
        "http://wiki.example.org", "https://ann:secret@wiki.example.org", "ftp://wiki.example.org",
        "file:///etc/passwd", "wiki.example.org", "", "https://localhost/wiki", "https://127.0.0.1/wiki",
        "https://2130706433/", "https://0x7f.1/", "https://[::1]/", "https://[::ffff:127.0.0.1]/",
        "https://10.1.2.3/", "https://169.254.169.254/latest", "https://192.168.0.1/confluence",
        "https://[fd00::1]/", "https://0.0.0.0/", "https://wiki.localhost/",
    ])
    func `are refused when they are private, unencrypted or none at all`(text: String) throws {
        let addresses = try addresses()
        #expect(throws: SiteAddressRefused.self) { try addresses.checked(text) }
    }

    @Test func `are brought into their normal form`() throws {
        let addresses = try addresses()
        #expect(
            try addresses.checked("https://ACME.atlassian.net/wiki/spaces/ENG/pages/1?x=y#z")
                == "https://acme.atlassian.net/wiki")
        #expect(
            try addresses.checked("https://wiki.example.org/confluence/")
                == "https://wiki.example.org/confluence")
    }

    @Test func `may be private ones that are listed, by network and by host`() throws {
        let listed = try addresses("10.20.0.0/16", "wiki.corp.example", "*.lab.example", http: true)
        #expect(try listed.checked("https://10.20.7.7/wiki") == "https://10.20.7.7/wiki")
        #expect(try listed.checked("http://wiki.corp.example") == "http://wiki.corp.example")
        #expect(throws: SiteAddressRefused.self) { try listed.checked("https://10.21.0.1/") }
        // A host that is listed may be in a private network, but is never this machine.
        #expect(throws: SiteAddressRefused.self) { try listed.checked("http://localhost/") }
    }

    @Test(arguments: [
        "https://169.254.169.254/", "https://169.254.170.23/", "https://100.100.100.200/",
        "https://[fd00:ec2::254]/", "https://[fd20:ce::254]/", "https://[fe80::1]/",
        "https://[::ffff:169.254.169.254]/", "https://[64:ff9b::a9fe:a9fe]/",
    ])
    func `of a cloud's credentials are opened by no entry`(text: String) throws {
        let listed = try addresses(
            "0.0.0.0/0", "::/0", "169.254.0.0/16", "169.254.169.254/32", "100.64.0.0/10", "fc00::/7",
            "fe80::/10",
            "64:ff9b::/96", "fd20:ce::254")
        #expect(throws: SiteAddressRefused.self) { try listed.checked(text) }
        #expect(try listed.checked("https://[fd00:1::7]/wiki").hasPrefix("https://[fd00:1::7]"))
    }

    @Test(arguments: [
        "10.20.0.0/33", "10.20.0.1/16", "wiki example", "https://wiki.example", "a:8080", "*", "",
    ])
    func `are listed as hosts and networks alone`(entry: String) {
        #expect(throws: SiteAddressRefused.self) { try SiteAddresses(allowing: [entry], allowsHTTP: false) }
    }

    private func source(_ server: ConfluenceTestServer, _ addresses: SiteAddresses) throws -> ConfluenceSource
    {
        try ConfluenceSource(
            configuration: ConfluenceConfiguration(
                baseURL: #require(URL(string: server.base)), flavour: .cloud,
                authentication: .basic(user: "crawler@example.com", token: ConfluenceTestServer.token),
                spaces: ["DOC"]),
            client: addresses.client(HTTPClientConfiguration()), corpus: SQLiteCorpus.inMemory())
    }

    @Test func `are judged where the connection is made, in words that name the setting`() async throws {
        let server = try ConfluenceTestServer(.cloud)
        let refused = try source(server, addresses(http: true))
        let error = await #expect(throws: (any Error).self) { _ = try await refused.inspect() }
        let told = SiteAddresses.told(try #require(error))
        #expect(told.contains("sources.allow_private_addresses"))
        // By the name of a host that is listed, loopback stays closed.
        let named = try source(server, addresses("localhost.example", http: true))
        await #expect(throws: (any Error).self) { _ = try await named.inspect() }
        let allowed = try source(server, addresses("127.0.0.1/32", http: true))
        #expect(try await allowed.inspect().dialect == "cloud")
        #expect((allowed.requestCount ?? 0) > 0)
        // The same without leave for plain HTTP.
        let encrypted = try source(server, addresses("127.0.0.1/32"))
        await #expect(throws: (any Error).self) { _ = try await encrypted.inspect() }
    }
}

@Suite(.timeLimit(.minutes(1))) struct `A site that is asked whether somebody may read a page` {
    private static let ann = "712020:49915e0d7d4b"
    private static let bob = "712020:81b637d8fcd2"

    @Test func `answers for the space, the page and all above it`() async throws {
        let source = try ConfluenceTestServer(.cloud).source()
        #expect(try await source.mayRead(content: "12", account: Self.ann))
        #expect(try await !source.mayRead(content: "12", account: Self.bob))
        // A page below one that is restricted.
        #expect(try await !source.mayRead(content: "13", account: Self.bob))
        #expect(try await source.mayRead(content: "10", account: Self.bob))
    }

    @Test func `is not believed for accounts and pages that it does not know`() async throws {
        let source = try ConfluenceTestServer(.cloud).source()
        #expect(try await !source.mayRead(content: "10", account: "nobody"))
        #expect(try await !source.mayRead(content: "999999", account: Self.ann))
        #expect(try await !source.mayRead(content: "15", account: Self.ann))
    }

    @Test(arguments: [403, 429, 500, 503])
    func `and does not answer is an error and no permission`(status: Int) async throws {
        let server = try ConfluenceTestServer(.cloud)
        try await server.order("permission/check", status: status, times: 9)
        let source = try server.source()
        await #expect(throws: (any Error).self) {
            _ = try await source.mayRead(content: "10", account: Self.ann)
        }
    }

    @Test func `and is a Data Center says that it cannot be asked`() async throws {
        let source = try ConfluenceTestServer(.dataCenter).source()
        await #expect(throws: (any Error).self) {
            _ = try await source.mayRead(content: "10", account: Self.ann)
        }
    }
}
