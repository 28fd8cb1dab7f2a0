import Corpus
import Documents
import Foundation

/// Confluence Cloud: REST v2 with cursors; v1 where v2 has nothing, which is restrictions and groups' names.
struct ConfluenceCloud: ConfluenceDialect {
    let api: ConfluenceAPI
    let limit: Int
    let scope: ConfluenceScope

    private static let userBatch = 100
    var detailExpansion: String {
        var parts = [
            "metadata.labels", "restrictions.read.restrictions.user", "restrictions.read.restrictions.group",
        ]
        if !scope.kinds.isDisjoint(with: [.footerComments, .inlineComments]) {
            parts.append("childTypes.comment")
        }
        if scope.kinds.contains(.attachments) { parts.append("childTypes.attachment") }
        return parts.joined(separator: ",")
    }

    init(api: ConfluenceAPI, pageSize: Int, scope: ConfluenceScope = .everything) {
        self.api = api
        self.scope = scope
        limit = min(pageSize, 250)
    }

    func probe() async throws {
        let _: ListingAnswer<CloudWire.Space> = try await api.get("/api/v2/spaces?limit=1")
    }

    func spaces(keys: [String]) async throws -> [RemoteSpace] {
        let filter = keys.isEmpty ? "" : "&keys=" + keys.map(ConfluenceLinks.escaped).joined(separator: ",")
        var spaces: [CloudWire.Space] = []
        for status in scope.includesArchived ? ["current", "archived"] : ["current"] {
            spaces += try await api.list("/api/v2/spaces?status=\(status)&limit=\(limit)\(filter)")
        }
        return spaces.map {
            RemoteSpace(
                id: $0.id.text, space: Space(key: $0.key, name: $0.name ?? $0.key, type: $0.type ?? ""))
        }
    }

    func viewers(of space: RemoteSpace) async throws -> Set<Principal> {
        let path = "/api/v2/spaces/\(ConfluenceLinks.escaped(space.id))/permissions?limit=\(limit)"
        let permissions: [CloudWire.SpacePermission] = try await api.list(path)
        var viewers: Set<Principal> = []
        for permission in permissions {
            guard permission.operation?.key == "read", permission.operation?.targetType == "space",
                let id = permission.principal?.id
            else { continue }
            switch permission.principal?.type?.lowercased() {
            case "user": viewers.insert(.user(id))
            case "group": viewers.formUnion(try await group(id))
            case "anonymous": viewers.insert(.anyone)
            case "access_class" where id == "anonymous-users": viewers.insert(.anyone)
            case "access_class" where id == "authenticated-users": viewers.insert(.signedIn)
            // Roles of applications and whatever comes next: nobody that we could name.
            default: continue
            }
        }
        return viewers
    }

    func showsUnsigned(_ space: RemoteSpace) async throws -> Bool {
        try await api.isShownUnsigned("/api/v2/spaces/\(ConfluenceLinks.escaped(space.id))")
    }

    func list(_ space: RemoteSpace, _ take: ([RemoteContent]) async throws -> Void) async throws {
        let place = "/api/v2/spaces/\(ConfluenceLinks.escaped(space.id))"
        for (list, kind) in [("pages", Document.Kind.page), ("blogposts", .blogPost)]
        where scope.lists(kind) {
            // A blog post cannot be archived, and the word is refused there.
            let status = scope.includesArchived && kind == .page ? "current,archived" : "current"
            let path = "\(place)/\(list)?status=\(status)&limit=\(limit)"
            try await api.forEachAnswer(path, of: CloudWire.Content.self) { answer in
                try await take(
                    answer.map {
                        var content = self.content($0, kind: kind)
                        content.spaceKey = space.space.key
                        return content
                    })
            }
        }
    }

    func bodies(of contents: [RemoteContent]) async throws -> [String: RemoteBody] {
        try await api.bodies(of: contents, fetch: fetchedBodies)
    }

    /// v2 takes lists of ids of pages and of blog posts; comments have v1's search alone.
    private func fetchedBodies(of contents: [RemoteContent]) async throws -> [String: RemoteBody] {
        var bodies = try await api.storageBodies(of: contents.filter { $0.kind == .comment })
        for (list, kind) in [("pages", Document.Kind.page), ("blogposts", .blogPost)] {
            let ids = contents.filter { $0.kind == kind && $0.labels != nil }.map(\.id)
            guard !ids.isEmpty else { continue }
            let wanted = Set(ids)
            let status = kind == .page ? "current,archived" : "current"
            let path =
                "/api/v2/\(list)?id=\(ids.map(ConfluenceLinks.escaped).joined(separator: ","))"
                + "&status=\(status)&body-format=storage&limit=\(ids.count)"
            try await api.batch {
                try await api.forEachAnswer(path, of: CloudWire.Content.self) { answer in
                    for page in answer where wanted.contains(page.id.text) {
                        guard let storage = page.body?.storage?.value else { continue }
                        bodies[page.id.text] = RemoteBody(storage: storage, version: page.version?.number)
                    }
                }
            }
        }
        return bodies
    }

    func content(id: String) async throws -> RemoteContent {
        let lists: [(name: String, kind: Document.Kind)] = [
            ("pages", .page), ("blogposts", .blogPost), ("footer-comments", .comment),
            ("inline-comments", .comment), ("attachments", .attachment),
        ]
        // Attachments alone have ids that tell.
        let likely = lists.filter { ($0.kind == .attachment) == id.hasPrefix("att") }
        for list in likely {
            let path = "/api/v2/\(list.name)/\(ConfluenceLinks.escaped(id))"
            let answer: CloudWire.Content
            do {
                answer = try await api.get(path)
            } catch ConfluenceError.status(404, _) where list.name != likely.last?.name {
                continue
            }
            try demandReadable(answer, path: path)
            var content = self.content(answer, kind: list.kind)
            content.isInlineComment = list.name == "inline-comments"
            if let space = answer.spaceId {
                let found: CloudWire.Space = try await api.get("/api/v2/spaces/\(space.text)")
                content.spaceKey = found.key
            }
            return content
        }
        throw ConfluenceError.status(404, path: "/api/v2/pages/\(id)")
    }

    func members(of group: String) async throws -> Set<Principal> {
        var id = group
        if !ConfluencePrincipals.isGroupID(group) {
            struct Answer: Decodable { var results: [WireV1.Subject] }
            let path = "/rest/api/group/picker?query=\(ConfluenceLinks.escaped(group))&limit=\(limit)"
            let found: Answer = try await api.get(path)
            guard let match = found.results.first(where: { $0.name == group })?.id else {
                throw ConfluenceError.status(404, path: "/rest/api/group/picker")
            }
            id = match.text
        }
        return try await api.members(
            "/rest/api/group/\(ConfluenceLinks.escaped(id))/membersByGroupId?start=0&limit=\(limit)")
    }

    func parent(_ parent: RemoteContent.Parent) async throws -> RemoteContent {
        let lists = [
            "page": "pages", "folder": "folders", "whiteboard": "whiteboards", "database": "databases",
            "embed": "embeds",
        ]
        let list = lists[parent.type.lowercased()] ?? "pages"
        return content(
            try await api.get("/api/v2/\(list)/\(ConfluenceLinks.escaped(parent.id))"), kind: .page)
    }

    func body(of content: RemoteContent) async throws -> RemoteBody {
        if let known = content.body { return known }
        if let kept = await api.keptBody(of: content) { return kept }
        let list =
            switch content.kind {
            case .page, .attachment: "pages"
            case .blogPost: "blogposts"
            case .comment: content.isInlineComment ? "inline-comments" : "footer-comments"
            }
        let labels = content.kind == .comment ? "" : "&include-labels=true"
        let id = ConfluenceLinks.escaped(content.id)
        let path = "/api/v2/\(list)/\(id)?body-format=storage\(labels)"
        let answer: CloudWire.Content = try await api.get(path)
        try demandReadable(answer, path: "/api/v2/\(list)/\(id)")
        guard let storage = answer.body?.storage?.value else {
            throw ConfluenceError.invalidAnswer(
                path: "/api/v2/\(list)/\(id)", reason: "“body.storage” is missing")
        }
        var names = answer.labels?.results ?? []
        // What is included is cut, and what leads on from there is a flag rather than a link.
        if answer.labels?.meta?.hasMore == true || answer.labels?.links?.next != nil {
            names = try await api.list("/api/v2/\(list)/\(id)/labels?limit=\(limit)")
        }
        let labelNames = names.filter { $0.prefix != "my" }.map(\.name).sorted()
        let body = RemoteBody(storage: storage, version: answer.version?.number, labels: labelNames)
        await api.keep(body, of: content.id, listed: content.version)
        return body
    }

    let anchors = AnchorStyle.cloud

    func exportView(of content: RemoteContent) async throws -> String? {
        let list = content.kind == .blogPost ? "blogposts" : "pages"
        let id = ConfluenceLinks.escaped(content.id)
        let answer: CloudWire.Content = try await api.get("/api/v2/\(list)/\(id)?body-format=export_view")
        return answer.body?.exportView?.value
    }

    func displayNames(of users: Set<UserReference>) async throws -> [UserReference: String] {
        struct Request: Encodable { var accountIds: [String] }
        let ids = users.compactMap { if case .accountID(let id) = $0 { id } else { nil } }.sorted()
        var names: [UserReference: String] = [:]
        for start in stride(from: 0, to: ids.count, by: Self.userBatch) {
            let batch = Array(ids[start..<min(start + Self.userBatch, ids.count)])
            let answer: CloudWire.Users = try await api.post("/api/v2/users-bulk", Request(accountIds: batch))
            for user in answer.results {
                names[.accountID(user.accountId)] = user.displayName ?? user.publicName
            }
        }
        return names
    }

    /// A group by its id, and by its name if the site tells it.
    private func group(_ id: String) async throws -> Set<Principal> {
        do {
            let path = "/rest/api/group/by-id?id=\(ConfluenceLinks.escaped(id))"
            let group: WireV1.Subject = try await api.get(path)
            return Set([id, group.name].compactMap(\.self).map(Principal.group))
        } catch let error as ConfluenceError where !error.isFatal {
            return [.group(id)]
        }
    }

    /// What is in the trash, or a draft, is answered like any other; for us it is not there.
    private func demandReadable(_ wire: CloudWire.Content, path: String) throws {
        let status = wire.status ?? "current"
        guard status == "current" || (scope.includesArchived && status == "archived") else {
            throw ConfluenceError.status(404, path: path)
        }
    }

    func content(_ wire: CloudWire.Content, kind: Document.Kind) -> RemoteContent {
        RemoteContent(
            id: wire.id.text, kind: kind, title: wire.title ?? "", version: wire.version?.number ?? 1,
            parent: wire.parentId.map { RemoteContent.Parent(id: $0.text, type: wire.parentType ?? "page") },
            author: (wire.authorId ?? wire.version?.authorId).map(UserReference.accountID),
            updatedAt: confluenceDate(wire.version?.createdAt),
            url: wire.links?.webui.map { api.webBase + $0 }, createdAt: confluenceDate(wire.createdAt),
            containerID: (wire.pageId ?? wire.blogPostId)?.text)
    }
}
