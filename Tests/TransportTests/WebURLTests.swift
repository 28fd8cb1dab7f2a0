import Testing
import Transport

@Suite struct `URLs as the client reads them` {
    @Test(arguments: [
        ("http://example.com", "http://example.com/", "example.com", 80),
        (" HTTPS://Example.COM:8443/a/../b?c#d\n", "https://Example.COM:8443/b?c", "example.com", 8443),
        ("http://example.com./x", "http://example.com./x", "example.com", 80),
        ("http://2130706433/", "http://127.0.0.1/", "127.0.0.1", 80),
        ("http://0x7f.1/", "http://127.0.0.1/", "127.0.0.1", 80),
        ("http://0177.0.0.1/", "http://127.0.0.1/", "127.0.0.1", 80),
        ("http://127.1/", "http://127.0.0.1/", "127.0.0.1", 80),
        ("http://%31%32%37.0.0.1/", "http://127.0.0.1/", "127.0.0.1", 80),
        ("http://exa%6dple.com/", "http://example.com/", "example.com", 80),
        ("http://[::FFFF:127.0.0.1]/", "http://[::ffff:127.0.0.1]/", "[::ffff:127.0.0.1]", 80),
        ("http://good.example#@evil.example/", "http://good.example/", "good.example", 80),
        ("http://evil.example#@good.example/", "http://evil.example/", "evil.example", 80),
        ("http://example.com/ä?b=ü", "http://example.com/%c3%a4?b=%c3%bc", "example.com", 80),
    ])
    func `the host is the one that would be connected to`(
        text: String, url: String, host: String, port: Int
    ) throws {
        let read = try WebURL(text)
        #expect(read.url.lowercased() == url.lowercased())
        #expect(read.host == host)
        #expect(read.port == port)
        #expect(try WebURL(read.url).host == host)
    }

    @Test(arguments: [
        "", "example.com", "/path", "file:///etc/passwd", "ftp://example.com/", "gopher://x/",
        "javascript:alert(1)",
        "data:text/plain,x", "http://", "http://user:hunter2@example.com/", "http://hunter2@127.0.0.1/",
        "http://good.example\\@hunter2.example/", "http://good.example:80:@hunter2/",
        "http://example.com:99999/",
        "http://a b/", "http://[fe80::1%25eth0]/", "http://example..", "http://x/\u{0}", "http://[::1/",
        "http://x/" + String(repeating: "y", count: 9_000),
    ])
    func `what cannot be read in one way alone is refused`(text: String) {
        let error = #expect(throws: TransportError.self) { try WebURL(text) }
        guard case .invalidURL(let shown, _)? = error else {
            Issue.record("\(text): \(String(describing: error))")
            return
        }
        #expect(shown.utf8.count <= 800)
    }

    @Test(arguments: ["http://user:hunter2@example.com/", "http://hunter2@127.0.0.1/?a=hunter2"])
    func `a refusal shows no password`(text: String) {
        let error = #expect(throws: TransportError.self) { try WebURL(text) }
        #expect(error.map { !"\($0)".contains("hunter2") } ?? false)
    }

    @Test(arguments: [
        ("../x", "http://example.com/x"), ("y?z", "http://example.com/a/y?z"),
        ("?q=1", "http://example.com/a/b?q=1"),
        ("//other.example/c", "http://other.example/c"), ("https://other.example", "https://other.example/"),
        ("#top", "http://example.com/a/b?c"), ("", "http://example.com/a/b?c"),
        ("//2130706433/", "http://127.0.0.1/"),
    ])
    func `references lead where the client would go`(reference: String, url: String) throws {
        #expect(try WebURL("http://example.com/a/b?c").resolving(reference).url == url)
    }

    @Test(arguments: [
        "javascript:alert(1)", "mailto:a@b.example", "file:///etc/passwd", "http://u:p@x/", "//",
    ])
    func `references that lead elsewhere than to the web are refused`(reference: String) throws {
        let url = try WebURL("http://example.com/")
        #expect(throws: TransportError.self) { try url.resolving(reference) }
    }

    @Test func `parameters are added and encoded`() throws {
        let url = try WebURL("http://example.com/a").adding([("q", "a b&c=d+é#"), ("n", "1")])
        #expect(url.url == "http://example.com/a?q=a%20b%26c%3Dd%2B%C3%A9%23&n=1")
        #expect(try url.adding([("m", "2")]).url.hasSuffix("&n=1&m=2"))
        #expect(try url.adding([]) == url)
    }

    @Test func `an origin is scheme, host and port`() throws {
        let url = try WebURL("https://Example.com./a")
        #expect(url.origin == "https://example.com:443")
        #expect(try WebURL("https://example.com:443").origin == url.origin)
        #expect(try WebURL("http://example.com").origin != url.origin)
        #expect(try WebURL("https://example.com:8443").authority == "example.com:8443")
        #expect(url.authority == "example.com")
    }
}
