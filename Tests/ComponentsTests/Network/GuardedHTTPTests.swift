import Foundation
import JSONValue
import TestSupport
import Testing
import Transport

@testable import Components

@Suite(.timeLimit(.minutes(1))) struct `The way to addresses that flows name` {
    let web: LocalWeb

    init() throws {
        web = try LocalWeb()
    }

    private func failure(
        _ target: String, _ http: GuardedHTTP, method: String = "GET", body: Data? = nil
    ) async -> (any Error)? {
        await ComponentsTests.failure { _ = try await http.send(method, try WebURL(target), body: body) }
    }

    @Test func `a host that no rule names is not asked`() async throws {
        let http = try GuardedHTTP(hosts: HostRules(["example.com"]), addresses: try LocalWeb.loopback())
        let error = await failure("\(web.url)/plain", http)
        #expect(error as? NetworkError == .hostNotAllowed(authority: web.authority))
    }

    @Test func `a redirect to a host that no rule names is not followed`() async throws {
        let error = await failure("\(web.url)/redirect?to=http://example.com/", try web.http())
        #expect(error as? NetworkError == .hostNotAllowed(authority: "example.com"))
    }

    @Test(arguments: ["http://169.254.169.254/", "http://10.0.0.1/", "http://[::1]:PORT/plain"])
    func `a redirect to an address of the own network is not followed though every host is allowed`(
        target: String
    ) async throws {
        let http = try GuardedHTTP(hosts: .every, addresses: try LocalWeb.loopback())
        let target = target.replacing("PORT", with: "\(web.server.port)")
        let error = await failure("\(web.url)/redirect?to=\(target)", http)
        guard case .addressRefused? = error as? TransportError else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test(arguments: ["localhost", "127.0.0.1", "2130706433", "[::ffff:127.0.0.1]"])
    func `the standard guard keeps to the public internet`(host: String) async throws {
        let error = await failure("http://\(host):\(web.server.port)/plain", try GuardedHTTP(hosts: .every))
        guard case .addressRefused? = error as? TransportError else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test(arguments: ["file:///etc/passwd", "gopher://127.0.0.1/", "http://user:word@127.0.0.1/"])
    func `a redirect to no plain address of the web is an error`(target: String) async throws {
        let error = await failure("\(web.url)/redirect?to=\(target)", try web.http())
        guard case .invalidURL? = error as? TransportError else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `redirects are counted`() async throws {
        let error = await failure("\(web.url)/loop", try web.http(limits: .init(redirects: 2)))
        #expect(error as? NetworkError == .tooManyRedirects(authority: web.authority, limit: 2))
    }

    @Test func `what takes too long or is too large is given up`() async throws {
        let http = try web.http(
            limits: .init(timeout: .milliseconds(500), responseBytes: 1_000, requestBytes: 10))
        let slow = await failure("\(web.url)/slow", http)
        #expect(slow as? NetworkError == .timedOut(authority: web.authority, after: .milliseconds(500)))
        let huge = await failure("\(web.url)/huge?n=1001", http)
        #expect(huge as? TransportError == .responseTooLarge(host: web.authority, limitBytes: 1_000))
        let body = await failure("\(web.url)/echo", http, method: "POST", body: Data(count: 11))
        #expect(body as? NetworkError == .requestTooLarge(bytes: 11, limit: 10))
    }

    private func echo(_ target: String, headers: [(name: String, value: String)]) async throws -> JSONValue {
        let answer = try await web.http().send(
            "GET", try WebURL(target), headers: try HeaderFields(headers))
        return try JSONValue(parsing: answer.response.body)
    }

    private func names(_ echo: JSONValue) -> Set<String> {
        Set(echo["headers"]?.array?.compactMap { $0.array?.first?.string?.lowercased() } ?? [])
    }

    @Test func `headers stay with the origin that they were given for`() async throws {
        let headers = [("Authorization", "Bearer planted"), ("X-Key", "planted"), ("Accept-Language", "de")]
        let same = try await echo("\(web.url)/redirect?to=/echo", headers: headers)
        #expect(names(same).isSuperset(of: ["authorization", "x-key", "accept-language"]))
        let other = try await echo(
            "\(web.url)/redirect?to=http://localhost:\(web.server.port)/echo", headers: headers)
        #expect(names(other).isDisjoint(with: ["authorization", "x-key"]))
        #expect(names(other).contains("accept-language"))
    }

    @Test func `a body does not follow to another origin`() async throws {
        let target = "\(web.url)/redirect?status=307&to=http://localhost:\(web.server.port)/echo"
        let error = await failure(target, try web.http(), method: "POST", body: Data("secret".utf8))
        #expect(
            error as? NetworkError
                == .bodyAcrossOrigins(from: web.authority, to: "localhost:\(web.server.port)"))
    }

    @Test(arguments: [(302, "GET", ""), (303, "GET", ""), (307, "POST", "words"), (308, "POST", "words")])
    func `the method after a redirect is the standard's`(status: Int, method: String, body: String)
        async throws
    {
        let answer = try await web.http().send(
            "POST", try WebURL("\(web.url)/redirect?status=\(status)&to=/echo"), body: Data("words".utf8))
        let echo = try JSONValue(parsing: answer.response.body)
        #expect(echo["method"]?.string == method)
        #expect(echo["body"]?.string == body)
        #expect(answer.url.url == "\(web.url)/echo")
    }

    @Test(arguments: ["169.254.169.254", "[::ffff:169.254.170.2]", "[fd20:ce::254]", "100.100.100.200"])
    func `beside a proxy a host that is an address of a cloud's credentials is refused though listed`(
        host: String
    ) async throws {
        // Nothing listens at the proxy: a request that got that far would fail as one that could not connect.
        let url = try WebURL("http://\(host)/latest/meta-data/")
        let http = try GuardedHTTP(hosts: HostRules([url.host]), proxy: .url("http://127.0.0.1:9"))
        let error = await #expect(throws: TransportError.self) {
            _ = try await http.send("GET", url)
        }
        guard case .addressRefused? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `beside a proxy hosts must be named`() throws {
        #expect(throws: NetworkError.self) { try GuardedHTTP(hosts: .every, proxy: .environment) }
        _ = try GuardedHTTP(hosts: HostRules(["example.com"]), proxy: .url("http://proxy.example:3128"))
    }

    @Test(arguments: ["Host", "content-length", "Transfer-Encoding", "Proxy-Authorization", "Connection"])
    func `a flow does not set what frames the message`(name: String) {
        #expect(throws: NetworkError.self) { try HeaderFields([(name, "x")]) }
    }
}

@Suite struct `Rules of hosts` {
    @Test(arguments: [
        ("example.com", "http://example.com/", true), ("example.com", "https://EXAMPLE.com./", true),
        ("example.com", "https://example.com:8443/", false),
        ("example.com:8443", "https://example.com:8443/", true),
        ("example.com:8443", "https://example.com/", false),
        ("example.com:*", "http://example.com:99/", true),
        ("example.com", "http://www.example.com/", false), ("*.example.com", "http://a.b.example.com/", true),
        ("*.example.com", "http://example.com/", false), ("*.example.com", "http://evilexample.com/", false),
        ("*", "http://anything.example/", true), ("*", "http://anything.example:22/", false),
        ("*:*", "http://anything.example:22/", true), ("[::1]:80", "http://[::1]/", true),
        ("127.0.0.1", "http://2130706433/", true), ("Example.COM", "http://example.com/", true),
        ("example.com", "http://example.com@evil.example/", false),
    ])
    func `a rule is for its hosts and ports`(rule: String, url: String, isAllowed: Bool) throws {
        let rules = try HostRules(["other.example", rule])
        // What cannot be read is not asked at all.
        let allows = (try? WebURL(url)).map { rules.allows($0) } ?? false
        #expect(allows == isAllowed)
    }

    @Test(arguments: [
        "", "http://example.com", "example.com/path", "exa mple", "example.com:0", "example.com:99999",
        "example.com:", "*.", "*.*", "user@example.com", "127.1", "example.com.",
    ])
    func `what is no rule is refused by name`(rule: String) {
        let error = #expect(throws: NetworkError.self) { try HostRules([rule]) }
        #expect(error.map { "\($0)".contains("“\(rule)”") || "\($0)".contains(rule) } ?? false)
    }

    @Test func `no rules allow nothing`() throws {
        #expect(try !HostRules.none.allows(WebURL("http://example.com/")))
        #expect(!HostRules.none.hasEvery)
    }
}
