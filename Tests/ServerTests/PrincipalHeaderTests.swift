import Corpus
import HTTPTypes
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(2))) struct `X-Millrace-Principals` {
    private let caller = CallerReader(ServerFixture.open())

    private func request(_ headers: HTTPFields, peer: String? = "127.0.0.1", host: String? = "localhost:8080")
        -> APIRequest
    {
        APIRequest(method: .get, path: "/", host: host, headers: headers, peer: peer, id: "x")
    }

    @Test func `names users and groups, separated by commas, percent-encoded where they need it`()
        async throws
    {
        let reader = try await caller.reader(
            of: request(.principals(" user:lena.fischer ,group:caf%C3%A9 %2C bar,, anyone")))
        #expect(
            reader == Reader([.user("lena.fischer"), .group("café , bar")]))
    }

    @Test(arguments: [
        #"user:ann, "group:night, shift""#, #"user:ann,group:"night, shift""#,
        "user:ann,group:night%2C shift",
        #"user:ann,"group:night%2C%20shift""#,
    ])
    func `names groups with commas in their names`(header: String) async throws {
        #expect(
            try await caller.reader(of: request(.principals(header)))
                == Reader([.user("ann"), .group("night, shift")]))
    }

    @Test(arguments: [#"group:"night, shift"#, #""group:night" shift"#])
    func `with quotes that do not end is refused`(header: String) async {
        await #expect(throws: RequestFault.self) { try await caller.reader(of: request(.principals(header))) }
    }

    @Test func `that is empty stands for nobody in particular`() async throws {
        var configuration = ServerFixture.open()
        configuration.defaultReader = Reader([.user("owner")])
        let named = CallerReader(configuration)
        #expect(try await named.reader(of: request(.principals(""))) == .anonymous)
    }

    @Test(arguments: ["lena", "user:", "group", "admin:x", "%zz", "users:x"])
    func `that names no principal is refused by its text`(text: String) async throws {
        await #expect(throws: RequestFault.malformedPrincipal(text)) {
            try await caller.reader(of: request(.principals(text)))
        }
    }

    @Test func `is refused, not passed over, unless it is switched on`() async throws {
        var fixture = try await ServerFixture()
        fixture.configuration = ServerConfiguration()
        let response = try await fixture.respond(.get, "/v1/status", headers: .principals("group:hr"))
        #expect(response.status == .forbidden)
        #expect(try response.json["type"] == .text("urn:millrace:problem:principals-not-allowed"))
    }

    @Test func `that is malformed is a 400`() async throws {
        let response = try await ServerFixture().respond(.get, "/v1/status", headers: .principals("root"))
        #expect(response.status == .badRequest)
        #expect(try response.json["detail"]?.text?.contains("root") == true)
    }

    @Test(arguments: ["10.0.0.5", "::ffff:10.0.0.5", "2001:db8::1", "128.0.0.1", "0.0.0.0"])
    func `from another machine is refused`(peer: String) async throws {
        var configuration = ServerFixture.open()
        configuration.host = "0.0.0.0"
        var fixture = try await ServerFixture()
        fixture.configuration = configuration
        let response = try await fixture.application().respond(
            to: APIRequest(
                method: .get, path: "/v1/status", headers: .principals("user:x"), peer: peer, id: "x"))
        #expect(response.status == .forbidden)
    }

    @Test(arguments: ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
    func `from this machine is taken`(peer: String) async throws {
        #expect(
            try await caller.reader(of: request(.principals("user:x"), peer: peer)) == Reader([.user("x")]))
    }

    @Test(arguments: [
        "evil.example", "127.0.0.1.evil.example", "127.evil", "localhost.evil.example", "192.168.1.2:8080",
    ])
    func `with a foreign Host is refused, though the connection is local`(host: String) async {
        await #expect(throws: RequestFault.self) {
            try await caller.reader(of: request(.principals("user:x"), host: host))
        }
    }

    @Test(arguments: [
        "X-Forwarded-For", "Forwarded", "X-Real-IP", "Via", "X-Forwarded-Host", "X-Forwarded-Proto",
        "CF-Connecting-IP", "cf-ray", "CDN-Loop", "True-Client-IP",
    ])
    func `that a proxy passed on is refused`(name: String) async throws {
        var headers = HTTPFields.principals("user:x")
        headers[try #require(HTTPField.Name(name))] = "203.0.113.9"
        await #expect(throws: RequestFault.self) {
            try await caller.reader(of: request(headers))
        }
    }

    @Test func `on a connection without an address is refused`() async {
        await #expect(throws: RequestFault.self) {
            try await caller.reader(of: request(.principals("user:x"), peer: nil))
        }
    }
}

@Suite(.timeLimit(.minutes(2))) struct `The Host header` {
    private func status(host: String?, configuration: ServerConfiguration) async throws -> Int {
        var fixture = try await ServerFixture()
        fixture.configuration = configuration
        return try await fixture.application().respond(
            to: APIRequest(method: .get, path: "/v1/status", host: host, id: "x")
        ).status.code
    }

    @Test(arguments: ["evil.example", "evil.example:8080", "127.0.0.1.nip.io", "", "10.0.0.1"])
    func `of a foreign name gets nothing from a server bound to loopback`(host: String) async throws {
        #expect(try await status(host: host, configuration: ServerConfiguration()) == 421)
    }

    @Test(arguments: ["localhost", "LOCALHOST:8080", "127.0.0.1:9", "[::1]:8080", "millrace.localhost"])
    func `of a loopback name is served`(host: String) async throws {
        #expect(try await status(host: host, configuration: ServerConfiguration()) == 200)
    }

    @Test
    func `of no name, as proxies ask whether it is alive, is served, and its principals are not believed`()
        async throws
    {
        #expect(try await status(host: nil, configuration: ServerConfiguration()) == 200)
        let caller = CallerReader(ServerFixture.open())
        await #expect(throws: RequestFault.self) {
            try await caller.reader(
                of: APIRequest(
                    method: .get, path: "/", host: nil, headers: .principals("user:x"), peer: "127.0.0.1",
                    id: "x"))
        }
    }

    @Test func `of a name from the configuration is served`() async throws {
        let configuration = ServerConfiguration(allowedHosts: ["wiki.test"])
        #expect(try await status(host: "wiki.test:8080", configuration: configuration) == 200)
    }

    @Test func `does not matter to a server that is open to the network, where a key does`() async throws {
        #expect(
            try await status(host: "wiki.corp", configuration: ServerConfiguration(host: "0.0.0.0")) == 401)
    }
}

extension CallerReader {
    fileprivate func reader(of request: APIRequest) async throws -> Reader {
        try await caller(of: request).reader
    }
}
