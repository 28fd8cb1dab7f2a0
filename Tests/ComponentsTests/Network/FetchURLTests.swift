import Flow
import Foundation
import JSONValue
import Testing
import Transport

@testable import Components

@Suite(.timeLimit(.minutes(1))) struct `The component FetchURL` {
    let web: LocalWeb

    init() throws {
        web = try LocalWeb()
    }

    private func rows(
        _ parameters: [String: JSONValue], urls: String? = nil
    ) async throws -> [[String: JSONValue]] {
        let outcome = try await run(
            one: "FetchURL", parameters, inputs: urls.map { ["urls": $0] } ?? [:], catalog: try web.catalog())
        return try #require(outcome.outputs["pages"] as? Table).rows.map(\.values)
    }

    private func paths(_ rows: [[String: JSONValue]]) -> [String] {
        rows.compactMap { $0["url"]?.string?.replacing(web.url, with: "") }
    }

    @Test func `a page is its title and its text`() async throws {
        let rows = try await rows(["urls": [.string("\(web.url)/site/b")]])
        #expect(rows.count == 1)
        #expect(rows[0]["title"] == "Page /site/b")
        #expect(rows[0]["text"]?.string?.contains("Text of /site/b") ?? false)
        #expect(rows[0]["text"]?.string?.contains("<") == false)
        let html = try await self.rows(["urls": [.string("\(web.url)/site/b")], "format": "html"])
        #expect(html[0]["text"]?.string?.contains("<p>Text of /site/b</p>") ?? false)
    }

    @Test(arguments: [
        (0, ["/site/"]), (1, ["/site/", "/site/a", "/site/b"]),
        (2, ["/site/", "/site/a", "/site/b", "/site/c"]),
        (3, ["/site/", "/site/a", "/site/b", "/site/c", "/site/d"]),
    ])
    func `links of the same host are followed as deep as asked, each page once`(
        depth: Int, expected: [String]
    ) async throws {
        let rows = try await rows(["urls": [.string("\(web.url)/site/")], "max_depth": .integer(depth)])
        #expect(paths(rows) == expected)
        #expect(rows.allSatisfy { $0["error"] == nil })
    }

    @Test func `no more pages are fetched than asked`() async throws {
        let rows = try await rows([
            "urls": [.string("\(web.url)/site/")], "max_depth": 3, "max_pages": 2,
        ])
        #expect(paths(rows) == ["/site/", "/site/a"])
    }

    @Test func `no more pages are fetched once their text is too much`() async throws {
        var crawl = Crawl(http: try web.http(), toText: LocalWeb.toText)
        crawl.maxPages = 9
        crawl.textLimitBytes = 1
        // The server is the whole suite's.
        let before = try await web.count(of: "/site/b")
        let pages = try await crawl.pages(from: (0..<9).map { "\(web.url)/site/b?\($0)" })
        #expect(pages.isEmpty)
        #expect(try await web.count(of: "/site/b") - before < 9)
    }

    @Test func `named pages that cannot be had stand with their reason`() async throws {
        let urls = "\(web.url)/plain \(web.url)/status/500\n\(web.url)/pdf http://nowhere.invalid/"
        let rows = try await rows([:], urls: urls)
        #expect(rows.map { $0["text"]?.string } == ["plain words", "", "", ""])
        #expect(rows[1]["error"]?.string?.contains("500") ?? false)
        #expect(rows[2]["error"]?.string?.contains("application/pdf") ?? false)
        #expect(rows[3]["error"]?.string?.contains("nowhere.invalid") ?? false)
    }

    @Test func `when nothing can be had the component fails`() async throws {
        let catalog = try web.catalog()
        let gone = await failure(
            one: "FetchURL", ["urls": [.string("\(web.url)/status/404")]], catalog: catalog)
        #expect(gone as? NetworkError == .status(404, authority: web.authority))
        let none = await failure(one: "FetchURL", catalog: catalog)
        #expect(none.map { "\($0)".contains("empty") } ?? false)
        let many = await failure(
            one: "FetchURL",
            ["urls": [.string("\(web.url)/a"), .string("\(web.url)/b")], "max_pages": 1], catalog: catalog)
        #expect(many.map { "\($0)".contains("2") } ?? false)
    }
}

@Suite struct `The outline of a page` {
    private func outline(_ html: String) -> HTMLOutline { HTMLOutline(Data(html.utf8)) }

    @Test(arguments: [
        (#"<a href="/x">"#, ["/x"]), ("<A HREF='/x'>", ["/x"]), ("<a href=/x>", ["/x"]),
        ("<a\nhref = /x >", ["/x"]),
        (#"<a title="a > b" href="/x">"#, ["/x"]), (#"<a href="/x?a=1&amp;b=2&#x26;c">"#, ["/x?a=1&b=2&c"]),
        ("<a href>", [""]), ("<a>", []), ("<a =/x href=/y>", ["/y"]), ("<abbr href=/x>", []),
        ("<!-- <a href=/x> --><a href=/y>", ["/y"]), ("<script>'<a href=/x>'</script><a href=/y>", ["/y"]),
        ("<!-- <a href=/x>", []), ("<a href=\"/x", ["/x"]), ("<", []), ("", []), ("<a", []),
        ("a < b <a href=/x>", ["/x"]),
        ("<a data-href=/x>", []),
    ])
    func `links are found where a browser finds them`(html: String, links: [String]) {
        #expect(outline(html).links == links)
    }

    @Test func `the title and the base are the first ones`() {
        let outline = outline(
            "<title> A &amp;\n B </title><base href='/b/'><svg><title>C</title><base href=/c>")
        #expect(outline.title == "A & B")
        #expect(outline.base == "/b/")
        #expect(self.outline("<title>").title.isEmpty)
    }

    @Test func `links and titles are bounded`() {
        let many = String(repeating: "<a href=/x>", count: 3_000)
        #expect(outline(many).links.count == HTMLOutline.linkLimit)
        let long = "<title>" + String(repeating: "x", count: 5_000)
        #expect(outline(long).title.count == HTMLOutline.titleLimit)
    }

    @Test func `any bytes are read to the end`() {
        var state: UInt64 = 88_172_645_463_325_252
        let alphabet = Array("<>!-/=\"' aA&;#xscripttle\0é".utf8)
        for _ in 0..<300 {
            let bytes = (0..<200).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return alphabet[Int(state >> 33) % alphabet.count]
            }
            #expect(HTMLOutline(Data(bytes)).links.count <= 100)
        }
    }
}
