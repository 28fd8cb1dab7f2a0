import Foundation
import TestSupport
import Testing

@testable import Confluence

@Suite struct `Confluence addresses` {
    @Test(arguments: [
        ("https://a.atlassian.net", "https://a.atlassian.net", "https://a.atlassian.net/wiki"),
        ("https://a.atlassian.net/wiki/", "https://a.atlassian.net/wiki", "https://a.atlassian.net/wiki"),
        (
            "https://a.atlassian.net/wiki/spaces/DOC/pages/1/T", "https://a.atlassian.net/wiki",
            "https://a.atlassian.net/wiki"
        ),
        (
            "https://api.atlassian.com/ex/confluence/1-2", "https://api.atlassian.com/ex/confluence/1-2",
            "https://api.atlassian.com/ex/confluence/1-2/wiki"
        ),
        (
            "http://h:8090/confluence/display/DOC/A+B", "http://h:8090/confluence",
            "http://h:8090/confluence/wiki"
        ),
        ("https://h/login.action?os_destination=x", "https://h", "https://h/wiki"),
        ("https://h/a/b", "https://h/a/b", "https://h/a/b/wiki"),
        ("http://[::1]:80/rest/api", "http://[::1]:80", "http://[::1]:80/wiki"),
    ])
    func `an address is cut to where the site begins`(pasted: String, base: String, cloud: String) throws {
        let site = try ConfluenceSite(pasted: try #require(URL(string: pasted)))
        #expect(site.base == base)
        #expect(site.cloud.base == cloud)
    }

    @Test(arguments: ["ftp://h", "file:///etc", "wiki", "https://"])
    func `what is no web address is refused`(pasted: String) throws {
        let url = try #require(URL(string: pasted))
        #expect(throws: ConfluenceError.invalidBaseURL(pasted)) { try ConfluenceSite(pasted: url) }
    }

    @Test func `a next link is followed in each of its forms, on this host only`() throws {
        let site = try ConfluenceSite(pasted: try #require(URL(string: "https://h:1/confluence")))
        let wanted = "https://h:1/confluence/rest/api/content?start=2"
        for next in ["/confluence/rest/api/content?start=2", "/rest/api/content?start=2", wanted] {
            #expect(try site.resolve(next: next, linkBase: "https://h:1/confluence") == wanted)
            #expect(try site.resolve(next: next, linkBase: nil) == wanted)
        }
        for foreign in [
            "https://evil.example/rest", "https://h:1.evil.example/", "http://h:1/confluence/rest",
        ] {
            #expect(throws: ConfluenceError.self) { try site.resolve(next: foreign, linkBase: nil) }
        }
        #expect(
            try site.resolve(next: "/rest/x", linkBase: "https://evil.example/wiki")
                == "https://h:1/confluence/rest/x")
        let gateway = try ConfluenceSite(
            pasted: try #require(URL(string: "https://api.atlassian.com/ex/confluence/9"))
        ).cloud
        #expect(
            try gateway.resolve(next: "/wiki/api/v2/pages?cursor=a", linkBase: nil)
                == "https://api.atlassian.com/ex/confluence/9/wiki/api/v2/pages?cursor=a")
    }

    @Test func `dates are read with and without fractions and zones`() {
        let date = confluenceDate("2026-01-02T03:04:05Z")
        #expect(date != nil)
        #expect(confluenceDate("2026-01-02T03:04:05.000Z") == date)
        #expect(confluenceDate("2026-01-02T05:04:05.000+02:00") == date)
        #expect(confluenceDate("yesterday") == nil)
        #expect(confluenceDate(nil) == nil)
    }
}
