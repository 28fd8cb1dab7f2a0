import Corpus

/// Many contents in one request. Both products' v1 search takes a list of ids and expands what it finds, but
/// it knows only what is indexed: whatever it does not bring is asked for content by content.
extension ConfluenceAPI {
    private static let idsPerQuery = 100

    /// What a search by ids found, by id. What failed is absent, unless it stops the whole crawl.
    func search(ids: [String], expanding expansion: String) async throws -> [String: WireV1.Content] {
        guard !ids.isEmpty else { return [:] }
        let query = "id in (\(ids.joined(separator: ",")))"
        let path =
            "/rest/api/content/search?cql=\(ConfluenceLinks.escaped(query))&expand=\(expansion)"
            + "&limit=\(ids.count)"
        let wanted = Set(ids)
        var found: [String: WireV1.Content] = [:]
        try await batch {
            try await forEachAnswer(path, of: WireV1.Content.self) { answer in
                for content in answer where wanted.contains(content.id.text) {
                    found[content.id.text] = content
                }
            }
        }
        return found
    }

    /// Runs a request for many contents, of which a failure says nothing about any single one.
    ///
    /// A 401 is such a failure as well: the requests for single contents find out what it means.
    func batch(_ read: () async throws -> Void) async throws {
        do {
            try await read()
        } catch let error as ConfluenceError {
            if case .unauthorized = error { return }
            if error.isFatal { throw error }
        }
    }

    /// Fills in restrictions, labels and what hangs below, where an answer has them whole.
    func filled(_ contents: [RemoteContent], expanding expansion: String) async throws -> [RemoteContent] {
        // An id with anything but digits in it would not be one in a query.
        let asked = contents.map(\.id).filter { id in id.utf8.allSatisfy { (48...57).contains($0) } }
        var found: [String: WireV1.Content] = [:]
        for start in stride(from: 0, to: asked.count, by: Self.idsPerQuery) {
            let ids = Array(asked[start..<min(start + Self.idsPerQuery, asked.count)])
            found.merge(try await search(ids: ids, expanding: expansion)) { first, _ in first }
        }
        return contents.map { content in
            guard let wire = found[content.id] else { return content }
            var content = content
            content.restriction = content.restriction ?? RemoteRestriction(whole: wire.restrictions?.read)
            content.labels = content.labels ?? WireV1.wholeLabels(wire.metadata?.labels)
            content.hasComments = content.hasComments ?? wire.hasComments
            content.hasAttachments = content.hasAttachments ?? wire.hasAttachments
            return content
        }
    }

    /// The body that an earlier crawl fetched, of a content whose labels are known or that has none.
    func keptBody(of content: RemoteContent) async -> RemoteBody? {
        guard let cache, content.kind == .comment || content.labels != nil,
            let storage = await cache.body(of: content.id, version: content.version)
        else { return nil }
        return RemoteBody(storage: storage, version: content.version)
    }

    /// Bodies from the cache, and the rest by `fetch`, which then are in the cache as well.
    func bodies(
        of contents: [RemoteContent],
        fetch: ([RemoteContent]) async throws -> [String: RemoteBody]
    ) async throws -> [String: RemoteBody] {
        var bodies: [String: RemoteBody] = [:]
        for content in contents { bodies[content.id] = await keptBody(of: content) }
        let missing = contents.filter { bodies[$0.id] == nil }
        guard !missing.isEmpty else { return bodies }
        for (id, body) in try await fetch(missing) {
            bodies[id] = body
            await keep(body, of: id, listed: nil)
        }
        return bodies
    }

    func keep(_ body: RemoteBody, of id: String, listed: Int?) async {
        guard let cache, let version = body.version ?? listed else { return }
        await cache.keep(body.storage, of: id, version: version)
    }

    /// Storage-format bodies by v1, of contents whose labels are known or that have none.
    func storageBodies(of contents: [RemoteContent]) async throws -> [String: RemoteBody] {
        let ids = contents.map(\.id).filter { id in id.utf8.allSatisfy { (48...57).contains($0) } }
        let found = try await search(ids: ids, expanding: "body.storage,version")
        return found.compactMapValues { wire in
            wire.body?.storage?.value.map { RemoteBody(storage: $0, version: wire.version?.number) }
        }
    }
}

extension RemoteRestriction {
    /// The restriction that came along, or `nil` when it must be asked for: a list is absent or cut.
    init?(whole read: WireV1.Restriction?) {
        guard let users = read?.restrictions?.user, let groups = read?.restrictions?.group else { return nil }
        for list in [users, groups] {
            if let size = list.size, size > list.results.count { return nil }
            if let limit = list.limit, list.results.count >= limit { return nil }
        }
        self = ConfluencePrincipals.restriction(of: users.results + groups.results)
    }
}

extension WireV1 {
    /// The labels that came along, or `nil` when there may be more than came.
    static func wholeLabels(_ list: ListingAnswer<Label>?) -> [String]? {
        guard let list, list.links?.next == nil else { return nil }
        if let limit = list.limit, list.results.count >= limit { return nil }
        return labelNames(list.results)
    }

    /// Names without those that only their owner sees.
    static func labelNames(_ labels: [Label]) -> [String] {
        labels.filter { $0.prefix != "my" }.map(\.name).sorted()
    }
}

extension WireV1.Content {
    /// Whether comments hang below, if the answer tells in one way or another.
    fileprivate var hasComments: Bool? {
        childTypes?.comment?.value ?? children?.comment.map { !$0.results.isEmpty }
    }

    fileprivate var hasAttachments: Bool? {
        childTypes?.attachment?.value ?? children?.attachment.map { !$0.results.isEmpty }
    }
}
