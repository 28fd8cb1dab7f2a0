import AWSServices

/// What a tenant may have of its own: how it is searched, who writes its answers, and how much it may use. Secrets,
/// addresses, places of data, who may sign in and everything that all tenants share are the same for all.
extension Settings {
    /// The group of the file, and the beginning of `--set tenant.NAME.KEY=VALUE`.
    static let ofTenantsGroup = "tenant"

    /// The keys that a tenant may have of its own, in the order of their declaration.
    static let keysOfTenants: [String] = {
        let single: Set<String> = [
            name(\.answers.provider), name(\.answers.timeoutSeconds), name(\.bedrock.answerModel),
            name(\.bedrock.thinkingTokens), name(\.openai.answerModel), name(\.server.requestsPerMinute),
            name(\.ingest.maxTokens), name(\.ingest.strategy), name(\.ingest.maxRemovalShare),
            name(\.ingest.uploadLimitMiB), name(\.flows.runSeconds), name(\.flows.maxSteps),
            name(\.flows.maxTokens), name(\.flows.keptHours), name(\.flows.conversationDays),
            name(\.collections.maxVectors),
        ]
        let groups = ["search.", "caches."]
        return Keys.all.map(\.key).filter { key in
            single.contains(key) || groups.contains { key.hasPrefix($0) }
        }
    }()

    /// A key with the tenant whose own it is, as it is written.
    static func written(_ key: String, of tenant: String?) -> String {
        tenant.map { "\(ofTenantsGroup).\($0).\(key)" } ?? key
    }

    /// The tenant and the key of what ``written(_:of:)`` gives.
    static func parts(_ written: String) -> (tenant: String?, key: String) {
        let parts = written.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == ofTenantsGroup else { return (nil, written) }
        return (String(parts[1]), String(parts[2]))
    }

    /// What is wrong with what tenants have of their own, each with the tenant and the key.
    func faultsOfTenantsOwn() -> [(tenant: String, key: String, fault: ConfigurationError)] {
        let text = entries[Self.name(\.tenants)]?.value ?? ""
        // What it stands for is not known yet, where it stands for something.
        let known = AWSValueReference(text) == nil ? TenantNames.read(text) : nil
        var faults: [(tenant: String, key: String, fault: ConfigurationError)] = []
        for (tenant, own) in ofTenants.sorted(by: { $0.key < $1.key }) {
            for (key, entry) in own.sorted(by: { $0.key < $1.key }) {
                if let fault = Self.fault(of: entry, key, tenant, known: known) {
                    faults.append((tenant, key, fault))
                }
            }
        }
        return faults
    }

    /// - Parameter known: the tenants that there are; `nil` where that cannot be told.
    private static func fault(
        of entry: Entry, _ key: String, _ tenant: String, known: [String]?
    ) -> ConfigurationError? {
        if let known, !known.contains(tenant) {
            return .unknownTenant(origin: entry.origin, name: tenant, known: known)
        }
        let written = written(key, of: tenant)
        guard keysOfTenants.contains(key), let setting = Keys.byName[key] else {
            return .notOfTenants(origin: entry.origin, key: written, allowed: keysOfTenants)
        }
        let expected =
            AWSValueReference(entry.value) == nil
            ? setting.refusal(entry.value) : "a value is expected, and none that lies elsewhere"
        return expected.map {
            .badValue(origin: entry.origin, key: written, value: entry.value, expected: $0)
        }
    }
}
