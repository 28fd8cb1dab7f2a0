import Flow
import Foundation
import JSONValue
import Transport

/// Searches the web by the search engine that the settings name, or reads a feed.
struct WebSearch: Component {
    static let type = "WebSearch"
    static let summary = "Searches the web or the news, or reads an RSS or Atom feed."

    enum Mode: String, CaseIterable, Sendable {
        case web, news, rss
    }

    let http: GuardedHTTP
    let service: SearchService?
    let toText: HTMLToText
    let query: Input<String>
    let mode: Parameter<Mode>
    let limit: Parameter<Int>
    let language: Parameter<String>
    let results: Output<Table>

    init(
        _ declare: inout Declaration, http: GuardedHTTP, service: SearchService?, toText: @escaping HTMLToText
    ) {
        self.http = http
        self.service = service
        self.toText = toText
        query = declare.input("query", "What is searched for; in the mode rss the URL of a feed.")
        mode = declare.choice("mode", .web, "Where it is searched: web, news, or rss for one feed.")
        limit = declare.integer("limit", 10, in: 1...100, unit: "results", "How many are kept.")
        language = declare.text(
            "language", "", maxBytes: 20, "The language of the results, such as en or de-DE.")
        results = declare.output("results", "One row a result, best first: title, url, text and published.")
    }

    func run(_ step: Step) async throws {
        let wanted = step[query].trimmingCharacters(in: .whitespacesAndNewlines)
        guard !wanted.isEmpty, wanted.utf8.count <= WebURL.limitBytes / 4 else {
            throw NetworkError.invalid(
                what: "query", reason: "it must have between 1 and \(WebURL.limitBytes / 4) bytes")
        }
        let hits =
            switch step[mode] {
            case .web: try await search(step, wanted, category: "general")
            case .news: try await search(step, wanted, category: "news")
            case .rss: try await feed(wanted, limit: step[limit])
            }
        let rows = hits.prefix(step[limit]).map { hit in
            Record([
                "title": .string(hit.title), "url": .string(hit.url), "text": .string(hit.text),
                "published": .string(hit.published),
            ])
        }
        step.note("results", Double(rows.count))
        step.send(Table(Array(rows), columns: ["title", "url", "text", "published"]), to: results)
    }

    private func search(_ step: Step, _ query: String, category: String) async throws -> [SearchService.Hit] {
        guard let service else {
            throw NetworkError.notConfigured(
                service: "web search", remedy: "Set flows.search_url to the address of a SearXNG.")
        }
        return try await service.hits(for: query, category: category, language: step[language])
    }

    private func feed(_ address: String, limit: Int) async throws -> [SearchService.Hit] {
        let answer = try await http.send("GET", try WebURL(address))
        guard answer.response.head.status == 200 else {
            throw NetworkError.status(answer.response.head.status, authority: answer.url.authority)
        }
        let feed = try Feed(answer.response.body, from: answer.url.url)
        var hits: [SearchService.Hit] = []
        for entry in feed.entries.prefix(limit) {
            let isMarkup = entry.summary.contains("<")
            let text = isMarkup ? try await toText(Data(entry.summary.utf8)) : entry.summary
            let link = (try? answer.url.resolving(entry.link).url) ?? ""
            hits.append(
                SearchService.Hit(title: entry.title, url: link, text: text, published: entry.published))
        }
        return hits
    }
}
