import Foundation

/// Every setting's value and where it came from, all of them checked.
///
/// ```swift
/// let port = settings[\.server.port]  // an Int, within its range
/// ```
struct Settings: Sendable {
    struct Entry: Sendable, Hashable {
        var value: String
        /// For messages: `millrace.yaml:3`, `MILLRACE_SERVER_PORT`, `--set`.
        var origin: String
    }

    private static let keys = Keys()
    private static let standardFile = "millrace.yaml"

    /// By key; every key has one.
    private(set) var entries: [String: Entry]
    /// What tenants have of their own, by their names and keys.
    private(set) var ofTenants: [String: [String: Entry]] = [:]
    /// What stands behind entries that are references.
    let fetched: SettingReferences
    /// Keys whose entries count whatever was fetched for them.
    private var replaced: Set<String> = []

    /// The standard values alone.
    init() {
        fetched = SettingReferences()
        entries = Keys.byName.mapValues { Entry(value: $0.standard, origin: "standard") }
    }

    /// Standard values, then the file, then the environment, then `key=value` overrides.
    ///
    /// - Parameter file: `nil` for `millrace.yaml` in the working folder, if it is there.
    /// - Throws: for the first key that there is not, and for the first value that is not allowed.
    init(file: String?, environment: [String: String], overrides: [String]) throws(ConfigurationError) {
        let (read, faults) = Self.reading(file: file, environment: environment, overrides: overrides)
        if let fault = faults.first { throw fault }
        self = read
    }

    /// The same, with everything that is wrong with them: a value that is not allowed leaves the one before in place.
    static func reading(
        file: String?, environment: [String: String], overrides: [String]
    ) -> (settings: Settings, faults: [ConfigurationError]) {
        var settings = Settings()
        var faults: [ConfigurationError] = []
        if let name = file ?? (FileManager.default.fileExists(atPath: standardFile) ? standardFile : nil) {
            let read = SettingsFile(name)
            settings.read(read)
            faults += read.faults
        }
        for setting in Keys.all {
            guard let value = environment[setting.environmentName] else { continue }
            settings.entries[setting.key] = Entry(value: value, origin: setting.environmentName)
        }
        for text in overrides {
            if let fault = settings.override(text) { faults.append(fault) }
        }
        let references = Set(settings.references.map(\.setting.key))
        for setting in Keys.all where !references.contains(setting.key) {
            guard let expected = setting.refusal(settings.entries[setting.key]?.value ?? "") else { continue }
            faults.append(settings.refusal(of: setting, expected))
            settings.entries[setting.key] = Entry(value: setting.standard, origin: "standard")
        }
        for (tenant, key, fault) in settings.faultsOfTenantsOwn() {
            faults.append(fault)
            settings.ofTenants[tenant]?[key] = nil
        }
        return (settings, faults)
    }

    /// - Parameter text: `key=value`, or `tenant.NAME.key=value`.
    /// - Returns: what is wrong with it.
    private mutating func override(_ text: String) -> ConfigurationError? {
        guard let split = text.firstIndex(of: "=") else { return .badOverride(text) }
        let written = String(text[..<split])
        let origin = "--set \(written)"
        let (tenant, key) = Self.parts(written)
        guard Keys.byName[key] != nil else {
            return .unknownKey(origin: origin, key: key, nearest: Keys.nearest(to: key))
        }
        set(key, of: tenant, Entry(value: String(text[text.index(after: split)...]), origin: origin))
        return nil
    }

    private mutating func read(_ file: SettingsFile) {
        for entry in file.entries { set(entry.key, of: entry.tenant, entry.entry) }
    }

    private mutating func set(_ key: String, of tenant: String?, _ entry: Entry) {
        if let tenant {
            ofTenants[tenant, default: [:]][key] = entry
        } else {
            entries[key] = entry
        }
    }

    /// The value of a setting; of a reference what it stands for at this moment.
    ///
    /// - Precondition: references were fetched.
    subscript<Value>(_ path: KeyPath<Keys, Setting<Value>>) -> Value {
        let setting = Self.keys[keyPath: path]
        let key = setting.facts.key
        let text = (replaced.contains(key) ? nil : fetched[key]) ?? entries[key]?.value ?? ""
        switch setting.read(text) {
        case .value(let value): return value
        case .refused: preconditionFailure("\(setting.facts.key) was checked when the settings were read")
        }
    }

    /// The text of a setting, whatever its type; of a reference what it stands for.
    func text(of setting: SettingFacts) -> String {
        (replaced.contains(setting.key) ? nil : fetched[setting.key]) ?? entries[setting.key]?.value ?? ""
    }

    /// The same with other values for some keys. What stands behind references is shared with the original.
    ///
    /// - Parameter values: by keys that there are; each must be allowed.
    func replacing(_ values: [String: String], origin: String) -> Settings {
        var settings = self
        for (key, value) in values {
            settings.entries[key] = Entry(value: value, origin: origin)
            settings.replaced.insert(key)
        }
        return settings
    }

    /// A setting whose value is allowed, but not beside the others.
    func bad<Value>(_ path: KeyPath<Keys, Setting<Value>>, _ expected: String) -> ConfigurationError {
        refusal(of: Self.keys[keyPath: path].facts, expected)
    }

    /// The same with what a tenant has of its own, and without what others have.
    func withOwn(of tenant: String) -> Settings {
        var settings = self
        settings.ofTenants = [:]
        for (key, entry) in ofTenants[tenant] ?? [:] {
            settings.entries[key] = entry
            settings.replaced.insert(key)
        }
        return settings
    }

    private func refusal(of setting: SettingFacts, _ expected: String) -> ConfigurationError {
        let entry = entries[setting.key] ?? Entry(value: setting.standard, origin: setting.key)
        return .badValue(
            origin: entry.origin, key: setting.key, value: setting.isSecret ? "…" : entry.value,
            expected: expected)
    }

    /// The name of a setting, for messages and overrides.
    static func name<Value>(_ path: KeyPath<Keys, Setting<Value>>) -> String {
        keys[keyPath: path].facts.key
    }
}
