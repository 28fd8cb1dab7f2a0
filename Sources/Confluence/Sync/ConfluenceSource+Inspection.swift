import Corpus
import Foundation

/// What a live Confluence says of itself and of the account that reads it.
public struct ConfluenceInspection: Sendable, Hashable {
    /// `cloud` or `data-center`.
    public var dialect: String
    /// The account as people know it: its name with its id. `nil` for one that is not signed in.
    public var account: String?
    /// Of the product; `nil` where the site does not tell, as Cloud.
    public var version: String?
}

extension ConfluenceSource {
    /// The site without credentials, query or page.
    public var baseURL: String { site.base }

    /// What syncs are remembered under.
    public var ledger: String { configuration.ledger ?? site.base }

    /// Asks the site who answers and whom it takes the account for.
    ///
    /// - Throws: ``ConfluenceError``, and what the client throws.
    public func inspect() async throws -> ConfluenceInspection {
        let dialect = try await makeDialect()
        try await dialect.probe()
        let isCloud = dialect is ConfluenceCloud
        return ConfluenceInspection(
            dialect: isCloud ? "cloud" : "data-center", account: await account(dialect.api),
            version: isCloud ? nil : await version(dialect.api))
    }

    /// The spaces that the account sees, by key, and whether a sync reads them.
    ///
    /// - Throws: ``ConfluenceError``, and what the client throws.
    public func visibleSpaces() async throws -> [(space: Space, isRead: Bool)] {
        try await makeDialect().spaces(keys: []).map(\.space).sorted { $0.key < $1.key }.map {
            ($0, configuration.scope.includes($0))
        }
    }

    /// The same site, of which one space alone is read; `nil` when the settings leave that space out.
    ///
    /// Whether the space's type is read cannot be told without asking the site, so a space that is named is read
    /// whatever its type.
    public func narrowed(toSpace key: String) throws -> ConfluenceSource? {
        let scope = configuration.scope
        guard !ConfluenceScope.isPattern(key),
            !scope.excludedSpaces.contains(where: { ConfluenceScope.matches(key, $0) }),
            scope.spaces.isEmpty || scope.spaces.contains(where: { ConfluenceScope.matches(key, $0) })
        else { return nil }
        var narrowed = configuration
        narrowed.scope.spaces = [key]
        return try ConfluenceSource(configuration: narrowed, client: client, corpus: corpus, now: now)
    }

    /// Not every account may ask who it is, and nothing depends on it.
    private func account(_ api: ConfluenceAPI) async -> String? {
        guard let user: CurrentUser = try? await api.get("/rest/api/user/current"), user.type != "anonymous",
            let id = user.accountId ?? user.username ?? user.userKey
        else { return nil }
        guard let name = user.displayName ?? user.publicName, !name.isEmpty, name != id else { return id }
        return "\(name) (\(id))"
    }

    /// Newer versions have a resource for it; of older ones the manifest for links between applications tells.
    private func version(_ api: ConfluenceAPI) async -> String? {
        for path in ["/rest/api/server-information", "/rest/applinks/1.0/manifest"] {
            if let answer: Version = try? await api.get(path) { return answer.version }
        }
        return nil
    }

    private struct CurrentUser: Decodable {
        var type: String?
        var accountId: String?
        var username: String?
        var userKey: String?
        var displayName: String?
        var publicName: String?
    }

    private struct Version: Decodable {
        var version: String
    }
}
