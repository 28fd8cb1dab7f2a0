import Corpus
import Foundation

/// Confluence Data Center and Server: REST v1 with offsets.
struct ConfluenceDataCenter: ConfluenceDialect {
    private let api: ConfluenceAPI
    private let limit: Int

    private static let listingExpansion = [
        "version", "ancestors", "history", "metadata.labels", "restrictions.read.restrictions.user",
        "restrictions.read.restrictions.group",
    ].joined(separator: ",")

    init(api: ConfluenceAPI, pageSize: Int) {
        self.api = api
        limit = pageSize
    }

    func probe() async throws {
        let _: ListingAnswer<WireV1.Space> = try await api.get("/rest/api/space?limit=1")
    }

    func spaces(keys: [String]) async throws -> [RemoteSpace] {
        let filter = keys.map { "&spaceKey=\(ConfluenceLinks.escaped($0))" }.joined()
        let spaces: [WireV1.Space] = try await api.list(
            "/rest/api/space?status=current&limit=\(limit)\(filter)")
        return spaces.filter { $0.status?.lowercased() != "archived" }.map {
            RemoteSpace(
                id: $0.id.text, space: Space(key: $0.key, name: $0.name ?? $0.key, type: $0.type ?? ""))
        }
    }

    /// Newer versions have a resource of their own, some show permissions when the space is expanded, old
    /// ones have JSON-RPC. The first that answers with anybody counts; the last failure is thrown.
    func viewers(of space: RemoteSpace) async throws -> Set<Principal> {
        let key = ConfluenceLinks.escaped(space.space.key)
        let attempts: [() async throws -> Set<Principal>] = [
            {
                let answer: PermissionsAnswer = try await api.get("/rest/api/space/\(key)/permissions")
                return ConfluencePrincipals.viewers(answer.permissions)
            },
            {
                let answer: WireV1.Space = try await api.get("/rest/api/space/\(key)?expand=permissions")
                return ConfluencePrincipals.viewers(answer.permissions ?? [])
            },
            {
                let sets: [WireV1.PermissionSet] = try await api.post(
                    "/rpc/json-rpc/confluenceservice-v2/getSpacePermissionSets", [space.space.key])
                return ConfluencePrincipals.viewers(sets)
            },
        ]
        var failure: ConfluenceError?
        for attempt in attempts {
            do {
                let viewers = try await attempt()
                if !viewers.isEmpty { return viewers }
            } catch let error as ConfluenceError {
                // A resource that does not exist may answer with a web page.
                if case .unauthorized = error { throw error }
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return []
    }

    func contents(of space: RemoteSpace) async throws -> [RemoteContent] {
        var contents: [RemoteContent] = []
        for (type, kind) in [("page", Document.Kind.page), ("blogpost", .blogPost)] {
            let query = "spaceKey=\(ConfluenceLinks.escaped(space.space.key))&type=\(type)&status=current"
            let listed: [WireV1.Content] = try await api.list(
                "/rest/api/content?\(query)&start=0&limit=\(limit)&expand=\(Self.listingExpansion)")
            contents += listed.map { content($0, kind: kind) }
            // Offsets move when something is deleted meanwhile; ids alone are listed once more, quickly.
            let ids: [IDOnly] = try await api.list("/rest/api/content?\(query)&start=0&limit=500")
            let known = Set(listed.map(\.id))
            for missing in ids where !known.contains(missing.id) {
                let path = "/rest/api/content/\(missing.id.text)?expand=\(Self.listingExpansion)"
                contents.append(content(try await api.get(path), kind: kind))
            }
        }
        return contents
    }

    func parent(_ parent: RemoteContent.Parent) async throws -> RemoteContent {
        let id = ConfluenceLinks.escaped(parent.id)
        return content(
            try await api.get("/rest/api/content/\(id)?expand=\(Self.listingExpansion)"), kind: .page)
    }

    func restriction(of id: String) async throws -> RemoteRestriction {
        try await api.readRestriction(of: id)
    }

    func body(of content: RemoteContent) async throws -> RemoteBody {
        let id = ConfluenceLinks.escaped(content.id)
        let answer: WireV1.Content = try await api.get("/rest/api/content/\(id)?expand=body.storage,version")
        guard let storage = answer.body?.storage?.value else {
            throw ConfluenceError.invalidAnswer(
                path: "/rest/api/content/\(id)", reason: "“body.storage” is missing")
        }
        var labels = content.labels
        if labels == nil, content.kind != .comment {
            let all: [WireV1.Label] = try await api.list("/rest/api/content/\(id)/label?limit=200")
            labels = Self.names(all)
        }
        return RemoteBody(storage: storage, version: answer.version?.number, labels: labels)
    }

    func comments(on content: RemoteContent) async throws -> [RemoteContent] {
        let id = ConfluenceLinks.escaped(content.id)
        let comments: [WireV1.Content] = try await api.list(
            "/rest/api/content/\(id)/child/comment?depth=all&location=footer&location=inline"
                + "&expand=version,history&start=0&limit=\(limit)")
        return comments.map {
            var comment = self.content($0, kind: .comment)
            comment.parent = nil
            comment.labels = []
            return comment
        }
    }

    func attachments(of content: RemoteContent) async throws -> [RemoteContent] {
        let id = ConfluenceLinks.escaped(content.id)
        let found: [WireV1.Content] = try await api.list(
            "/rest/api/content/\(id)/child/attachment?expand=version,history&start=0&limit=\(limit)")
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

    func file(_ file: RemoteContent.File) async throws -> Data {
        try await api.download(file.link)
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

    private func content(_ wire: WireV1.Content, kind: Document.Kind) -> RemoteContent {
        RemoteContent(
            id: wire.id.text, kind: kind, title: wire.title ?? "", version: wire.version?.number ?? 1,
            parent: wire.ancestors?.last.map { RemoteContent.Parent(id: $0.id.text, type: "page") },
            authorName: wire.history?.createdBy?.displayName ?? wire.version?.by?.displayName,
            updatedAt: confluenceDate(wire.version?.when), url: wire.links?.webui.map { api.site.base + $0 },
            labels: Self.labels(wire.metadata?.labels), restriction: Self.restriction(wire.restrictions?.read)
        )
    }

    /// The labels that came along, or `nil` when there may be more than came.
    private static func labels(_ list: ListingAnswer<WireV1.Label>?) -> [String]? {
        guard let list, list.links?.next == nil else { return nil }
        if let limit = list.limit, list.results.count >= limit { return nil }
        return names(list.results)
    }

    private static func names(_ labels: [WireV1.Label]) -> [String] {
        labels.filter { $0.prefix != "my" }.map(\.name).sorted()
    }

    /// The restriction that came along, or `nil` when it must be asked for: a list is absent or cut.
    private static func restriction(_ read: WireV1.Restriction?) -> RemoteRestriction? {
        guard let users = read?.restrictions?.user, let groups = read?.restrictions?.group else { return nil }
        for list in [users, groups] {
            if let size = list.size, size > list.results.count { return nil }
            if let limit = list.limit, list.results.count >= limit { return nil }
        }
        return ConfluencePrincipals.restriction(of: users.results + groups.results)
    }
}

/// An entry of a listing of which only the id matters.
private struct IDOnly: Decodable, Identifiable, Sendable {
    var id: WireID
}

/// Space permissions: an array, or an object that holds one.
private struct PermissionsAnswer: Decodable {
    var permissions: [WireV1.Permission]

    private enum CodingKeys: String, CodingKey { case results, permissions }

    init(from decoder: any Decoder) throws {
        if let list = try? decoder.singleValueContainer().decode([WireV1.Permission].self) {
            permissions = list
            return
        }
        let container = try decoder.container(keyedBy: CodingKeys.self)
        permissions =
            try container.decodeIfPresent([WireV1.Permission].self, forKey: .results)
            ?? container.decode([WireV1.Permission].self, forKey: .permissions)
    }
}
