import Corpus
import Documents

/// Who is who in an export: user keys to user names, both to display names.
struct ExportPeople: Sendable {
    private struct Account: Sendable {
        var name: String?
        var displayName: String?
    }

    /// By user key.
    private var accounts: [String: Account] = [:]
    /// By user name in lower case.
    private var displayNames: [String: String] = [:]
    /// User keys by Atlassian account id.
    private var keysByAccountID: [String: String] = [:]

    static let classes: Set<String> = ["ConfluenceUserImpl", "InternalUser", "User", "DefaultHibernateUser"]

    mutating func add(_ entity: ExportEntity) {
        if entity.className == "ConfluenceUserImpl" {
            let name = entity.text("lowerName") ?? entity.text("name")?.lowercased()
            accounts[entity.id] = Account(name: name, displayName: entity.text("displayName", "fullName"))
            if let accountID = entity.text("atlassianAccountId", "accountId") {
                keysByAccountID[accountID] = entity.id
            }
        } else if let name = entity.text("lowerName", "name")?.lowercased() {
            let parts = [entity.text("firstName"), entity.text("lastName")].compactMap(\.self)
            let joined = parts.isEmpty ? nil : parts.joined(separator: " ")
            displayNames[name] = entity.text("displayName", "fullName") ?? joined
        }
    }

    /// The principal that a permission's user key stands for. A key that the export does not explain
    /// stands for itself: it names one person, and nobody else.
    func principal(ofKey key: String) -> Principal {
        .user(accounts[key]?.name ?? key)
    }

    func displayName(ofKey key: String) -> String? {
        guard let account = accounts[key] else { return nil }
        if let displayName = account.displayName { return displayName }
        guard let name = account.name else { return nil }
        // Anonymised and Cloud users are called by their key or another hash: that is nobody's name.
        return displayNames[name] ?? (name == key.lowercased() || Self.isHash(name) ? nil : name)
    }

    private static func isHash(_ name: String) -> Bool {
        name.utf8.count >= 24 && name.allSatisfy { $0.isHexDigit || $0 == "-" || $0 == ":" }
    }

    func displayName(ofUsername name: String) -> String? {
        displayNames[name.lowercased()] ?? (name.isEmpty ? nil : name)
    }
}

extension ExportPeople: ReferenceResolver {
    func displayName(of user: UserReference) -> String? {
        switch user {
        case .userKey(let key): displayName(ofKey: key)
        case .username(let name): displayName(ofUsername: name)
        case .accountID(let id):
            displayName(ofKey: keysByAccountID[id] ?? id) ?? displayNames[id.lowercased()]
        }
    }
}
