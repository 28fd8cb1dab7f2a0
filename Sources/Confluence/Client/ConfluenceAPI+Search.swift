import Corpus
import Foundation

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
