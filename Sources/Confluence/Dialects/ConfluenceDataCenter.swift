import Corpus
import Documents
import Foundation

/// Confluence Data Center and Server: REST v1 with offsets.
struct ConfluenceDataCenter: ConfluenceDialect {
    let api: ConfluenceAPI
    let limit: Int
    private let scope: ConfluenceScope

    /// What a listing is asked to bring: little, because its answers come one after the other.
    private static let listingExpansion = "version,ancestors,history"
    /// What batches bring, which run side by side.
    var detailExpansion: String {
        var parts = [
            "metadata.labels", "restrictions.read.restrictions.user", "restrictions.read.restrictions.group",
        ]
        if !scope.kinds.isDisjoint(with: [.footerComments, .inlineComments]) {
            parts.append("children.comment")
        }
        if scope.kinds.contains(.attachments) { parts.append("children.attachment") }
        return parts.joined(separator: ",")
    }
    private static let contentExpansion = [
        listingExpansion, "metadata.labels", "restrictions.read.restrictions.user",
        "restrictions.read.restrictions.group",
    ].joined(separator: ",")

    init(api: ConfluenceAPI, pageSize: Int, scope: ConfluenceScope = .everything) {
        self.api = api
        self.scope = scope
        limit = pageSize
    }

    func probe() async throws {
        let _: ListingAnswer<WireV1.Space> = try await api.get("/rest/api/space?limit=1")
    }

    func spaces(keys: [String]) async throws -> [RemoteSpace] {
        let filter = keys.map { "&spaceKey=\(ConfluenceLinks.escaped($0))" }.joined()
        let status = scope.includesArchived ? "" : "status=current&"
        let spaces: [WireV1.Space] = try await api.list("/rest/api/space?\(status)limit=\(limit)\(filter)")
        return spaces.filter { scope.includesArchived || $0.status?.lowercased() != "archived" }.map {
            RemoteSpace(
                id: $0.id.text, space: Space(key: $0.key, name: $0.name ?? $0.key, type: $0.type ?? ""))
        }
    }

    func list(_ space: RemoteSpace, _ take: ([RemoteContent]) async throws -> Void) async throws {
        for (type, kind) in [("page", Document.Kind.page), ("blogpost", .blogPost)] where scope.lists(kind) {
            let query = "spaceKey=\(ConfluenceLinks.escaped(space.space.key))&type=\(type)&status=current"
            var known: Set<WireID> = []
            func hand(_ answer: [WireV1.Content]) async throws {
                let new = answer.filter { known.insert($0.id).inserted }
                try await take(new.map { self.content($0, kind: kind, spaceKey: space.space.key) })
            }
            if try await scan(query, hand) { continue }
            let path = "/rest/api/content?\(query)&start=0&limit=\(limit)&expand=\(Self.listingExpansion)"
            try await api.forEachAnswer(path, of: WireV1.Content.self, hand)
            // Offsets move when something is deleted meanwhile; ids alone are listed once more, quickly.
            let ids: [IDOnly] = try await api.list("/rest/api/content?\(query)&start=0&limit=500")
            for missing in ids where !known.contains(missing.id) {
                let path = "/rest/api/content/\(missing.id.text)?expand=\(Self.contentExpansion)"
                try await hand([try await api.get(path)])
            }
        }
    }

    /// Lists by a cursor, which loses nothing while the list changes: version 7.18 and later.
    ///
    /// - Returns: whether the site has this resource.
    private func scan(
        _ query: String, _ take: ([WireV1.Content]) async throws -> Void
    ) async throws -> Bool {
        let path = "/rest/api/content/scan?\(query)&limit=\(limit)&expand=\(Self.listingExpansion)"
        var hasBegun = false
        do {
            try await api.forEachAnswer(path, of: WireV1.Content.self) {
                hasBegun = true
                try await take($0)
            }
            return true
        } catch ConfluenceError.status(let status, _)
            where !hasBegun && [400, 404, 405, 501].contains(status)
        {
            // Before 7.18 “scan” is read as a content's id, which there is none of.
            return false
        }
    }

    func bodies(of contents: [RemoteContent]) async throws -> [String: RemoteBody] {
        try await api.bodies(of: contents) { missing in
            try await api.storageBodies(of: missing.filter { $0.kind == .comment || $0.labels != nil })
        }
    }

    func content(id: String) async throws -> RemoteContent {
        let id = ConfluenceLinks.escaped(id)
        let path = "/rest/api/content/\(id)?expand=\(Self.contentExpansion),space,container"
        let answer: WireV1.Content = try await api.get(path)
        return content(answer, kind: WireV1.kind(answer.type) ?? .page, spaceKey: answer.space?.key)
    }

    func members(of group: String) async throws -> Set<Principal> {
        try await api.members(
            "/rest/api/group/\(ConfluenceLinks.escaped(group))/member?start=0&limit=\(limit)")
    }

    func parent(_ parent: RemoteContent.Parent) async throws -> RemoteContent {
        let id = ConfluenceLinks.escaped(parent.id)
        return content(
            try await api.get("/rest/api/content/\(id)?expand=\(Self.contentExpansion)"), kind: .page)
    }

    func body(of content: RemoteContent) async throws -> RemoteBody {
        if let known = content.body { return known }
        if let kept = await api.keptBody(of: content) { return kept }
        let id = ConfluenceLinks.escaped(content.id)
        let answer: WireV1.Content = try await api.get("/rest/api/content/\(id)?expand=body.storage,version")
        guard let storage = answer.body?.storage?.value else {
            throw ConfluenceError.invalidAnswer(
                path: "/rest/api/content/\(id)", reason: "“body.storage” is missing")
        }
        var labels = content.labels
        if labels == nil, content.kind != .comment {
            let all: [WireV1.Label] = try await api.list("/rest/api/content/\(id)/label?limit=200")
            labels = WireV1.labelNames(all)
        }
        let body = RemoteBody(storage: storage, version: answer.version?.number, labels: labels)
        await api.keep(body, of: content.id, listed: content.version)
        return body
    }

    let anchors = AnchorStyle.dataCenter

    func exportView(of content: RemoteContent) async throws -> String? {
        let id = ConfluenceLinks.escaped(content.id)
        let answer: WireV1.Content = try await api.get("/rest/api/content/\(id)?expand=body.export_view")
        return answer.body?.exportView?.value
    }

    func comments(on content: RemoteContent) async throws -> [RemoteContent] {
        guard content.hasComments != false else { return [] }
        let id = ConfluenceLinks.escaped(content.id)
        var locations = ""
        if scope.kinds.contains(.footerComments) { locations += "&location=footer" }
        if scope.kinds.contains(.inlineComments) { locations += "&location=inline" }
        guard !locations.isEmpty else { return [] }
        let comments: [WireV1.Content] = try await api.list(
            "/rest/api/content/\(id)/child/comment?depth=all\(locations)"
                + "&expand=version,history,extensions&start=0&limit=\(limit)")
        return comments.map {
            var comment = self.content($0, kind: .comment)
            comment.parent = nil
            comment.labels = []
            return comment
        }
    }

    func attachments(of content: RemoteContent) async throws -> [RemoteContent] {
        guard content.hasAttachments != false else { return [] }
        let id = ConfluenceLinks.escaped(content.id)
        let found: [WireV1.Content] = try await api.list(
            "/rest/api/content/\(id)/child/attachment?expand=version,history,extensions&start=0&limit=\(limit)"
        )
        return found.map { attachment in
            var remote = self.content(attachment, kind: .attachment)
            remote.parent = nil
            remote.labels = []
            remote.file = attachment.links?.download.map {
                RemoteContent.File(
                    mediaType: attachment.extensions?.mediaType ?? attachment.metadata?.mediaType,
                    byteCount: attachment.extensions?.fileSize, link: $0)
            }
            return remote
        }
    }

    func file(of attachment: RemoteContent, _ file: RemoteContent.File) async throws -> Data {
        try await api.download(
            file.link, fileName: attachment.title, mediaType: file.mediaType, byteCount: file.byteCount)
    }

    func displayNames(of users: Set<UserReference>) async throws -> [UserReference: String] {
        var names: [UserReference: String] = [:]
        for user in users {
            let query: String
            switch user {
            case .userKey(let key): query = "key=\(ConfluenceLinks.escaped(key))"
            case .username(let name): query = "username=\(ConfluenceLinks.escaped(name))"
            case .accountID: continue
            }
            do {
                let answer: WireV1.Subject = try await api.get("/rest/api/user?\(query)")
                names[user] = answer.displayName
            } catch let error as ConfluenceError where !error.isFatal {
                continue
            }
        }
        return names
    }

    private func content(
        _ wire: WireV1.Content, kind: Document.Kind, spaceKey: String? = nil
    ) -> RemoteContent {
        RemoteContent(
            id: wire.id.text, kind: kind, title: wire.title ?? "", version: wire.version?.number ?? 1,
            parent: wire.ancestors?.last.map { RemoteContent.Parent(id: $0.id.text, type: "page") },
            authorName: wire.history?.createdBy?.displayName ?? wire.version?.by?.displayName,
            updatedAt: confluenceDate(wire.version?.when), url: wire.links?.webui.map { api.webBase + $0 },
            labels: WireV1.wholeLabels(wire.metadata?.labels),
            restriction: RemoteRestriction(whole: wire.restrictions?.read),
            isInlineComment: wire.extensions?.location == "inline",
            createdAt: confluenceDate(wire.history?.createdDate), spaceKey: spaceKey ?? wire.space?.key,
            containerID: wire.container?.id?.text, ancestorIDs: wire.ancestors?.map(\.id.text))
    }
}

/// An entry of a listing of which only the id matters.
private struct IDOnly: Decodable, Identifiable, Sendable {
    var id: WireID
}
