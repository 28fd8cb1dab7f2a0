import Flow
import Foundation
import JSONValue

/// Fetches pages, and pages of the same host that they link to.
struct FetchURL: Component {
    static let type = "FetchURL"
    static let summary = "Fetches web pages as text, with pages of the same host that they link to."

    let http: GuardedHTTP
    let toText: HTMLToText
    let addresses: OptionalInput<String>
    let urls: Parameter<[String]>
    let maxDepth: Parameter<Int>
    let maxPages: Parameter<Int>
    let format: Parameter<Crawl.Format>
    let headers: Parameter<JSONValue>
    let timeoutSeconds: Parameter<Int>
    let pages: Output<Table>
    let message: Output<ChatMessage>

    init(_ declare: inout Declaration, http: GuardedHTTP, toText: @escaping HTMLToText) {
        self.http = http
        self.toText = toText
        addresses = declare.optionalInput(
            "urls", "URLs with white space between them; they go before the parameter.")
        urls = declare.texts("urls", [], maxCount: 100, maxBytes: 8_192, "The pages to fetch.")
        maxDepth = declare.integer(
            "max_depth", 0, in: 0...3,
            "How many links away from the named pages others of the same host may be.")
        maxPages = declare.integer(
            "max_pages", 20, in: 1...200, unit: "pages", "How many are fetched at most.")
        format = declare.choice("format", .text, "Whether a page is given as its text or as its HTML.")
        headers = declare.json(
            "headers", [:], "Header fields: {\"name\": \"value\"}, or a list of {\"key\", \"value\"}.")
        timeoutSeconds = declare.integer(
            "timeout_seconds", 30, in: 1...600, unit: "seconds", "How long a page may take.")
        pages = declare.output(
            "pages", "One row a page: url, title, text; and error for one that cannot be had.")
        message = declare.output("message", "The texts of all pages, one behind the other.")
    }

    func run(_ step: Step) async throws {
        let given = step[addresses].map { $0.split(whereSeparator: \.isWhitespace).map(String.init) } ?? []
        let wanted = given.isEmpty ? step[urls].filter { !$0.isEmpty } : given
        guard !wanted.isEmpty else {
            throw NetworkError.invalid(what: "list of URLs", reason: "it is empty; name the pages to fetch")
        }
        var crawl = Crawl(http: http, toText: toText)
        crawl.format = step[format]
        crawl.maxDepth = step[maxDepth]
        crawl.maxPages = step[maxPages]
        crawl.headers = try HeaderFields(try HeaderFields.pairs(step[headers], of: "headers"))
        crawl.timeout = .seconds(step[timeoutSeconds])
        let found = try await crawl.pages(from: wanted)
        step.note("pages", Double(found.count))
        step.note("failed", Double(found.count { $0.failure != nil }))
        step.send(Table(found.map(Self.row), columns: ["url", "title", "text"]), to: pages)
        let texts = found.compactMap { $0.failure == nil ? $0.text : nil }
        step.send(ChatMessage(texts.joined(separator: "\n\n"), role: .assistant), to: message)
    }

    private static func row(_ page: Crawl.Page) -> Record {
        var row = Record(["url": .string(page.url), "title": .string(page.title), "text": .string(page.text)])
        if let failure = page.failure { row.values["error"] = .string(failure) }
        return row
    }
}
