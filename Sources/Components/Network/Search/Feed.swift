import Foundation
import Transport

/// A feed of news or papers: RSS 2.0, RSS 1.0 or Atom (RFC 4287).
struct Feed: Sendable {
    struct Entry: Sendable, Hashable {
        var title: String
        /// Absolute, or as the feed has it.
        var link: String
        /// Often HTML.
        var summary: String
        /// As the feed writes dates; empty where it has none.
        var published: String
    }

    var title: String
    var entries: [Entry]

    /// Entries that are read of one feed.
    static let entryLimit = 1_000

    /// - Throws: ``NetworkError/unreadable(url:reason:)`` for what is no feed, or XML that is not read: no UTF-8, with a
    ///   document type, too deep.
    init(_ data: Data, from url: String) throws {
        let root = try Self.document(data, from: url)
        switch root.name {
        case "feed":
            title = Self.text(root, "title")
            entries = root.all("entry").prefix(Self.entryLimit).map(Self.atom)
        case "rss", "RDF":
            let channel = root["channel"]
            title = channel.map { Self.text($0, "title") } ?? ""
            let items = root.name == "rss" ? channel?.all("item") ?? [] : root.all("item")
            entries = items.prefix(Self.entryLimit).map(Self.rss)
        default:
            throw NetworkError.unreadable(
                url: url,
                reason: "it is no feed of RSS or Atom, its root element being “\(root.name.prefix(50))”")
        }
    }

    static func document(_ data: Data, from url: String) throws(NetworkError) -> XMLTree {
        do throws(XMLFault) {
            return try XMLTree(parsing: data)
        } catch {
            throw .unreadable(url: url, reason: "\(error)")
        }
    }

    /// The text of a child in one line.
    static func text(_ element: XMLTree, _ name: String) -> String {
        (element[name]?.text ?? "").split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    private static func atom(_ entry: XMLTree) -> Entry {
        let links = entry.all("link")
        let link = links.first { ($0.attributes["rel"] ?? "alternate") == "alternate" } ?? links.first
        let summary = text(entry, "summary")
        let published = text(entry, "published")
        return Entry(
            title: text(entry, "title"), link: link?.attributes["href"] ?? "",
            summary: summary.isEmpty ? text(entry, "content") : summary,
            published: published.isEmpty ? text(entry, "updated") : published)
    }

    private static func rss(_ item: XMLTree) -> Entry {
        let summary = text(item, "description")
        let published = text(item, "pubDate")
        return Entry(
            title: text(item, "title"), link: text(item, "link"),
            summary: summary.isEmpty ? text(item, "encoded") : summary,
            published: published.isEmpty ? text(item, "date") : published)
    }
}
