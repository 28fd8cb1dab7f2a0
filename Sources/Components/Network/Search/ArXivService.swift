import Foundation
import Transport

/// arXiv's search of papers (info.arxiv.org/help/api/user-manual.html): one request, answered in Atom.
public struct ArXivService: Sendable {
    public let base: WebURL
    private let client: any HTTPClient
    private let timeout: Duration

    /// - Parameters:
    ///   - base: of the API; the standard one is arXiv's own.
    ///   - client: may reach it, and must not follow redirects.
    /// - Throws: ``TransportError/invalidURL(url:reason:)``.
    public init(
        base: String = "https://export.arxiv.org/api/query", client: any HTTPClient,
        timeout: Duration = .seconds(30)
    ) throws(TransportError) {
        self.base = try WebURL(base)
        self.client = client
        self.timeout = timeout
    }

    /// The field of a paper that is searched, as the API abbreviates it.
    enum Field: String, CaseIterable, Sendable {
        case all, title, abstract, author, category

        var prefix: String {
            switch self {
            case .all: "all"
            case .title: "ti"
            case .abstract: "abs"
            case .author: "au"
            case .category: "cat"
            }
        }
    }

    struct Paper: Sendable, Hashable {
        var id: String
        var title: String
        var summary: String
        var authors: [String]
        var published: String
        var updated: String
        var url: String
        var pdf: String
        var categories: [String]
        var comment: String
        var journal: String
    }

    /// The papers that have every word of a query, the best ones first.
    ///
    /// - Throws: ``NetworkError``, `TransportError`.
    func papers(_ query: String, in field: Field, limit: Int) async throws -> [Paper] {
        let url = try base.adding([
            ("search_query", Self.expression(query, field)), ("start", "0"), ("max_results", String(limit)),
            ("sortBy", "relevance"), ("sortOrder", "descending"),
        ])
        let response = try await client.send(HTTPRequest(url: url.url, timeout: timeout))
        guard response.head.status == 200 else {
            throw NetworkError.status(response.head.status, authority: base.authority)
        }
        let feed = try Feed.document(response.body, from: base.url)
        guard feed.name == "feed" else {
            throw NetworkError.unreadable(url: base.url, reason: "it is no feed of Atom")
        }
        let entries = feed.all("entry")
        // A query that it does not understand is answered with an entry that says so.
        if let entry = entries.first, Feed.text(entry, "id").contains("/api/errors") {
            throw NetworkError.unreadable(
                url: base.url, reason: "it refused the query: \(Feed.text(entry, "summary").prefix(300))")
        }
        return entries.prefix(limit).map(Self.paper)
    }

    /// Every word, and every phrase in quotes, must be in the field.
    static func expression(_ query: String, _ field: Field) -> String {
        let pieces = query.split(separator: "\"", omittingEmptySubsequences: false)
        let terms = pieces.enumerated().flatMap { offset, piece -> [String] in
            let words = piece.split { $0.isWhitespace || "():".contains($0) }
            // What stands between an opening and a closing quote is a phrase.
            let isPhrase = offset % 2 == 1 && offset < pieces.count - 1 && words.count > 1
            return isPhrase ? ["\"\(words.joined(separator: " "))\""] : words.map(String.init)
        }
        return terms.map { "\(field.prefix):\($0)" }.joined(separator: " AND ")
    }

    private static func paper(_ entry: XMLTree) -> Paper {
        let links = entry.all("link")
        func link(_ matches: (XMLTree) -> Bool) -> String {
            links.first(where: matches)?.attributes["href"] ?? ""
        }
        return Paper(
            id: Feed.text(entry, "id").split(separator: "/abs/").last.map(String.init) ?? "",
            title: Feed.text(entry, "title"), summary: Feed.text(entry, "summary"),
            authors: entry.all("author").map { Feed.text($0, "name") },
            published: Feed.text(entry, "published"), updated: Feed.text(entry, "updated"),
            url: link { $0.attributes["rel"] == "alternate" }, pdf: link { $0.attributes["title"] == "pdf" },
            categories: entry.all("category").compactMap { $0.attributes["term"] },
            comment: Feed.text(entry, "comment"), journal: Feed.text(entry, "journal_ref"))
    }
}
