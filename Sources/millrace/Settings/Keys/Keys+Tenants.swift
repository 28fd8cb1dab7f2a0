import Workspace

/// The names of the tenants that have documents of their own.
enum TenantNames {
    /// A folder, a schema of the database and keys of caches are called by them.
    static let longest = 32
    static let limit = 256

    /// - Returns: `nil` when one of them cannot be a name, or is there twice.
    static func read(_ text: String) -> [String]? {
        let names = Setting<[String]>.parts(text)
        guard names.allSatisfy(isName), Set(names).count == names.count, names.count <= limit else {
            return nil
        }
        return names
    }

    /// Whether it is a name that a tenant may have: lowercase letters, digits and single hyphens between them.
    static func isName(_ text: String) -> Bool {
        text.utf8.count <= longest && text != Owner.defaultTenant
            && text.wholeMatch(of: /[a-z0-9]+(-[a-z0-9]+)*/) != nil
    }
}

extension Setting where Value == [String] {
    /// Names of tenants; none unless told.
    init(tenants key: String, _ meaning: String) {
        self.init(key, standard: "", meaning) { text in
            Reading(
                TenantNames.read(text),
                expected: """
                    names of tenants are expected, each once, of lowercase letters, digits and single hyphens, with \
                    \(TenantNames.longest) at most, and none of them \(Owner.defaultTenant)
                    """)
        }
    }
}
