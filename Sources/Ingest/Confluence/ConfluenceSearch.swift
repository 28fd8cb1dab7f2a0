import Corpus
import Foundation

/// Queries in Confluence's query language (CQL).
enum ConfluenceQuery {
    /// Everything that was changed since `date`, oldest first.
    ///
    /// CQL's dates are minutes on the clock of the *account's* time zone. Without knowing that zone the date
    /// is written as clocks show it where days begin last (UTC−12): no account's clock is behind that one,
    /// so nothing is missed, and what is found beyond that costs an entry of a listing each.
    static func changed(since date: Date, in spaceKeys: [String], zone: TimeZone? = nil) -> String {
        var clauses = ["type in (page, blogpost, comment, attachment)"]
        if !spaceKeys.isEmpty {
            clauses.append("space in (\(spaceKeys.map(quoted).joined(separator: ", ")))")
        }
        clauses.append("lastmodified >= \"\(minute(date, in: zone ?? westernmost))\"")
        return clauses.joined(separator: " and ") + " order by lastmodified asc"
    }

    /// The pages and blog posts of a space among those that a person's query finds.
    static func inSpace(_ spaceKey: String, _ query: String) -> String {
        // An order has no place in parentheses, and none is needed.
        let condition = query.replacing(/\s+order\s+by\s[^"']*$/.ignoresCase(), with: "")
        return "space = \(quoted(spaceKey)) and type in (page, blogpost) and (\(condition))"
    }

    /// A string literal. A backslash and a quotation mark are the two that must be escaped.
    static func quoted(_ text: String) -> String {
        let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return "\"\(escaped)\""
    }

    /// `yyyy/MM/dd HH:mm`, rounded down.
    static func minute(_ date: Date, in zone: TimeZone) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute], from: date)
        func padded(_ value: Int?, _ width: Int) -> String {
            let digits = String(value ?? 0)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return "\(padded(parts.year, 4))/\(padded(parts.month, 2))/\(padded(parts.day, 2)) "
            + "\(padded(parts.hour, 2)):\(padded(parts.minute, 2))"
    }

    private static let westernmost = TimeZone(secondsFromGMT: -12 * 3600) ?? .gmt
}

extension ConfluenceAPI {
    private static let searchExpansion = "version,space,container,history"

    /// Contents that a CQL query finds, by v1's search, which both products have.
    func search(
        _ query: String, limit: Int, _ take: ([RemoteContent]) async throws -> Void
    ) async throws {
        let path =
            "/rest/api/content/search?cql=\(ConfluenceLinks.escaped(query))"
            + "&expand=\(Self.searchExpansion)&start=0&limit=\(limit)"
        try await forEachAnswer(path, of: WireV1.Content.self) { answer in
            let found = answer.compactMap(self.found)
            if !found.isEmpty { try await take(found) }
        }
    }

    private func found(_ wire: WireV1.Content) -> RemoteContent? {
        guard let kind = WireV1.kind(wire.type), wire.status == nil || wire.status == "current" else {
            return nil
        }
        return RemoteContent(
            id: wire.id.text, kind: kind, title: wire.title ?? "", version: wire.version?.number ?? 1,
            authorName: wire.history?.createdBy?.displayName ?? wire.version?.by?.displayName,
            updatedAt: confluenceDate(wire.version?.when), url: wire.links?.webui.map { webBase + $0 },
            isInlineComment: wire.extensions?.location == "inline",
            createdAt: confluenceDate(wire.history?.createdDate), spaceKey: wire.space?.key,
            containerID: wire.container?.id?.text)
    }

    /// The users of a listing of a group's members.
    func members(_ path: String) async throws -> Set<Principal> {
        struct Member: Decodable, Identifiable {
            var subject: WireV1.Subject
            var id: String { subject.identity }
            init(from decoder: any Decoder) throws { subject = try WireV1.Subject(from: decoder) }
        }
        let members: [Member] = try await list(path)
        return members.reduce(into: []) { $0.formUnion(ConfluencePrincipals.principals(of: $1.subject)) }
    }
}

extension WireV1 {
    static func kind(_ type: String?) -> Document.Kind? {
        switch type {
        case "page": .page
        case "blogpost": .blogPost
        case "comment": .comment
        case "attachment": .attachment
        default: nil
        }
    }
}
