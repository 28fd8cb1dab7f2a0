import Corpus
import Foundation

/// Confluence Cloud: REST v2 with cursors; v1 where v2 has nothing, which is restrictions and groups' names.
struct ConfluenceCloud: ConfluenceDialect {
    private let api: ConfluenceAPI
    private let limit: Int
    private let links: ConfluenceLinks?

    private static let userBatch = 100

    init(api: ConfluenceAPI, pageSize: Int) {
        self.api = api
        limit = min(pageSize, 250)
        links = URL(string: api.site.base).map(ConfluenceLinks.init)
    }

    func probe() async throws {
        let _: ListingAnswer<CloudWire.Space> = try await api.get("/api/v2/spaces?limit=1")
    }

    func spaces(keys: [String]) async throws -> [RemoteSpace] {
        let filter = keys.isEmpty ? "" : "&keys=" + keys.map(ConfluenceLinks.escaped).joined(separator: ",")
        let spaces: [CloudWire.Space] = try await api.list(
            "/api/v2/spaces?status=current&limit=\(limit)\(filter)")
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

    func contents(of space: RemoteSpace) async throws -> [RemoteContent] {
        let place = "/api/v2/spaces/\(ConfluenceLinks.escaped(space.id))"
        let pages: [CloudWire.Content] = try await api.list("\(place)/pages?status=current&limit=\(limit)")
        let posts: [CloudWire.Content] = try await api.list(
            "\(place)/blogposts?status=current&limit=\(limit)")
        return pages.map { content($0, kind: .page) } + posts.map { content($0, kind: .blogPost) }
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

    func restriction(of id: String) async throws -> RemoteRestriction {
        try await api.readRestriction(of: id)
    }

    func body(of content: RemoteContent) async throws -> RemoteBody {
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
        guard let storage = answer.body?.storage?.value else {
            throw ConfluenceError.invalidAnswer(
                path: "/api/v2/\(list)/\(id)", reason: "“body.storage” is missing")
        }
        var names = answer.labels?.results ?? []
        if answer.labels?.links?.next != nil {
            names = try await api.list("/api/v2/\(list)/\(id)/labels?limit=\(limit)")
        }
        let labelNames = names.filter { $0.prefix != "my" }.map(\.name).sorted()
        return RemoteBody(storage: storage, version: answer.version?.number, labels: labelNames)
    }

    func comments(on content: RemoteContent) async throws -> [RemoteContent] {
        let owner =
            "/api/v2/\(content.kind == .blogPost ? "blogposts" : "pages")/"
            + ConfluenceLinks.escaped(content.id)
        var comments: [RemoteContent] = []
        for list in ["footer-comments", "inline-comments"] {
            let isInline = list == "inline-comments"
            var waiting: [CloudWire.Content] = try await api.list("\(owner)/\(list)?limit=\(limit)")
            var known = Set(waiting.map(\.id))
            while let next = waiting.popLast() {
                var comment = self.content(next, kind: .comment)
                comment.isInlineComment = isInline
                comments.append(comment)
                let id = ConfluenceLinks.escaped(next.id.text)
                let replies: [CloudWire.Content] = try await api.list(
                    "/api/v2/\(list)/\(id)/children?limit=\(limit)")
                waiting += replies.filter { known.insert($0.id).inserted }
            }
        }
        return comments
    }

    func attachments(of content: RemoteContent) async throws -> [RemoteContent] {
        let owner = content.kind == .blogPost ? "blogposts" : "pages"
        let id = ConfluenceLinks.escaped(content.id)
        let found: [CloudWire.Content] = try await api.list(
            "/api/v2/\(owner)/\(id)/attachments?status=current&limit=\(limit)")
        return found.map { attachment in
            var remote = self.content(attachment, kind: .attachment)
            remote.labels = []
            remote.file = attachment.downloadLink.map {
                RemoteContent.File(mediaType: attachment.mediaType, byteCount: attachment.fileSize, link: $0)
            }
            return remote
        }
    }

    func file(_ file: RemoteContent.File) async throws -> Data {
        try await api.download(file.link)
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

    private func content(_ wire: CloudWire.Content, kind: Document.Kind) -> RemoteContent {
        RemoteContent(
            id: wire.id.text, kind: kind, title: wire.title ?? "", version: wire.version?.number ?? 1,
            parent: wire.parentId.map { RemoteContent.Parent(id: $0.text, type: wire.parentType ?? "page") },
            author: (wire.authorId ?? wire.version?.authorId).map(UserReference.accountID),
            updatedAt: confluenceDate(wire.version?.createdAt),
            url: wire.links?.webui.map { api.site.base + $0 })
    }
}

extension ConfluenceAPI {
    /// The read restriction of one content by v1, which both products have. Its lists come in pages.
    func readRestriction(of id: String) async throws -> RemoteRestriction {
        let pageSize = 100
        var subjects: [WireV1.Subject] = []
        var start = 0
        while true {
            try Task.checkCancellation()
            let path =
                "/rest/api/content/\(ConfluenceLinks.escaped(id))/restriction/byOperation/read"
                + "?expand=restrictions.user,restrictions.group&start=\(start)&limit=\(pageSize)"
            let answer: WireV1.Restriction = try await get(path)
            guard let lists = answer.restrictions, let users = lists.user, let groups = lists.group else {
                throw ConfluenceError.invalidAnswer(
                    path: "/rest/api/content/\(id)/restriction", reason: "“restrictions” is missing")
            }
            subjects += users.results + groups.results
            let longest = max(users.results.count, groups.results.count)
            let served = max(users.limit ?? pageSize, groups.limit ?? pageSize)
            guard longest > 0, longest >= min(served, pageSize) else { break }
            start += longest
        }
        return ConfluencePrincipals.restriction(of: subjects)
    }
}
