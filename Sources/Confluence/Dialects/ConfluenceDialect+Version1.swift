import Corpus
import Foundation

/// What both products ask of REST v1.
extension ConfluenceDialect {
    func detailed(_ contents: [RemoteContent]) async throws -> [RemoteContent] {
        try await api.filled(contents, expanding: detailExpansion)
    }

    func changed(
        since date: Date, in spaceKeys: [String], _ take: ([RemoteContent]) async throws -> Void
    ) async throws {
        try await api.search(ConfluenceQuery.changed(since: date, in: spaceKeys), limit: limit, take)
    }

    func ids(foundBy query: String, in spaceKey: String) async throws -> Set<String> {
        var ids: Set<String> = []
        let scoped = ConfluenceQuery.inSpace(spaceKey, query)
        try await api.search(scoped, limit: limit) { ids.formUnion($0.map(\.id)) }
        return ids
    }

    func restriction(of id: String) async throws -> RemoteRestriction {
        try await api.readRestriction(of: id)
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
