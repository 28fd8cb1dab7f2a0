import Documents
import Foundation

/// Display names of users, asked for once each.
actor ConfluencePeople {
    /// The names that one document needs.
    struct Names: ReferenceResolver {
        var names: [UserReference: String]

        func displayName(of user: UserReference) -> String? { names[user] }
    }

    private let dialect: any ConfluenceDialect
    /// `nil` for those that the site does not tell.
    private var known: [UserReference: String?] = [:]

    init(dialect: any ConfluenceDialect) {
        self.dialect = dialect
    }

    /// The names of `users`, as far as they can be told. A name that cannot be told is no failure.
    func names(of users: Set<UserReference>) async throws -> Names {
        let unknown = users.filter { known[$0] == nil }
        if !unknown.isEmpty {
            var found: [UserReference: String] = [:]
            do {
                found = try await dialect.displayNames(of: unknown)
            } catch is ConfluenceError {
                // Names are a courtesy; the sign-in itself is checked elsewhere.
            }
            for user in unknown { known.updateValue(found[user], forKey: user) }
        }
        var names: [UserReference: String] = [:]
        for user in users { names[user] = known[user] ?? nil }
        return Names(names: names)
    }

    /// The users that a storage-format body mentions.
    static func mentions(in body: String) -> Set<UserReference> {
        guard body.contains("<ri:user") else { return [] }
        var users: Set<UserReference> = []
        for match in body.matches(of: /ri:(account-id|userkey|username)="([^"]+)"/) {
            let value = String(match.2)
            switch match.1 {
            case "account-id": users.insert(.accountID(value))
            case "userkey": users.insert(.userKey(value))
            default: users.insert(.username(value))
            }
        }
        return users
    }
}
