import Components
import Flow
import JSONValue
import Testing
import Transport

@Suite(.timeLimit(.minutes(1))) struct `The components that search the web` {
    let web: LocalWeb

    init() throws {
        web = try LocalWeb()
    }

    private func rows(
        _ type: String, _ query: String, _ parameters: [String: JSONValue] = [:]
    ) async throws -> [[String: JSONValue]] {
        let outcome = try await run(
            one: type, parameters, inputs: ["query": query], catalog: try web.catalog())
        return try #require(outcome.outputs["results"] as? Table).rows.map(\.values)
    }

    @Test func `WebSearch gives what the search engine found`() async throws {
        let rows = try await rows("WebSearch", "hélo & more")
        #expect(rows.map { $0["url"] } == ["https://one.example/", "https://two.example/"])
        #expect(rows[0]["title"] == "hélo & more")
        #expect(rows[0]["text"] == "general")
        #expect(rows[1]["published"] == "2025-09-01")
        let news = try await self.rows("WebSearch", "x", ["mode": "news", "limit": 1, "language": "de"])
        #expect(news.map { $0["text"] } == ["news"])
    }

    @Test(arguments: [
        ("/rss", ["First & best", "Second"], ["Some bold news", "plain words"]),
        ("/atom", ["An entry"], ["What it says"]), ("/rdf", ["Older"], ["text"]),
    ])
    func `a feed of any kind is read`(path: String, titles: [String], texts: [String]) async throws {
        let rows = try await rows("WebSearch", "\(web.url)\(path)", ["mode": "rss"])
        #expect(rows.map { $0["title"]?.string } == titles)
        #expect(rows.map { $0["text"]?.string } == texts)
        let dates = rows.map { $0["published"]?.string ?? "" }
        #expect(dates[0].contains("20"))
    }

    @Test func `addresses in feeds are relative to the feed`() async throws {
        let rss = try await rows("WebSearch", "\(web.url)/rss", ["mode": "rss"])
        #expect(rss.map { $0["url"]?.string } == ["\(web.url)/news/1", "https://elsewhere.example/2"])
        let atom = try await rows("WebSearch", "\(web.url)/atom", ["mode": "rss"])
        #expect(atom[0]["url"]?.string == "\(web.url)/entry")
    }

    @Test(arguments: [("/entities", "document type"), ("/plain", "XML"), ("/status/404", "404")])
    func `what is no feed is refused with its reason`(path: String, words: String) async throws {
        let error = await failure(
            one: "WebSearch", ["mode": "rss"], inputs: ["query": "\(web.url)\(path)"],
            catalog: try web.catalog())
        #expect(error.map { "\($0)".contains(words) } ?? false, "\(String(describing: error))")
    }

    @Test func `a search engine that is missing or gives no JSON is named`() async throws {
        let none = await failure(
            one: "WebSearch", inputs: ["query": "x"], catalog: try web.catalog(search: nil))
        guard case .notConfigured? = none as? NetworkError else {
            Issue.record("\(String(describing: none))")
            return
        }
        let off = await failure(
            one: "WebSearch", inputs: ["query": "x"], catalog: try web.catalog(search: "/searx-off"))
        #expect(off.map { "\($0)".contains("json") } ?? false)
        let empty = await failure(one: "WebSearch", inputs: ["query": " "], catalog: try web.catalog())
        #expect(empty.map { "\($0)".contains("query") } ?? false)
    }

    @Test func `ArXiv gives papers with their abstracts`() async throws {
        let rows = try await rows("ArXiv", "attention", ["search_type": "title"])
        #expect(rows.count == 1)
        #expect(rows[0]["title"] == "Attention Is All You Need")
        #expect(rows[0]["text"] == "The dominant models.")
        #expect(rows[0]["authors"] == ["A. One", "B. Two"])
        #expect(rows[0]["id"] == "1706.03762v7")
        #expect(rows[0]["url"] == "http://arxiv.org/abs/1706.03762v7")
        #expect(rows[0]["pdf"] == "http://arxiv.org/pdf/1706.03762v7")
        #expect(rows[0]["categories"] == ["cs.CL", "cs.LG"])
        #expect(rows[0]["comment"] == "15 pages")
    }

    @Test func `arXiv's refusal and its absence are told`() async throws {
        let refused = await failure(
            one: "ArXiv", inputs: ["query": "x"], catalog: try web.catalog(arXiv: "/arxiv-error"))
        #expect(refused.map { "\($0)".contains("incorrect id format") } ?? false)
        let none = await failure(one: "ArXiv", inputs: ["query": "x"], catalog: try web.catalog(arXiv: nil))
        #expect(none.map { "\($0)".contains("flows.arxiv") } ?? false)
        let empty = await failure(one: "ArXiv", inputs: ["query": "()"], catalog: try web.catalog())
        #expect(empty.map { "\($0)".contains("word") } ?? false)
    }
}
