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
    /// What stands behind entries that are references.
    let fetched = SettingReferences()
    /// Keys whose entries count whatever was fetched for them.
    private var replaced: Set<String> = []

    /// The standard values alone.
    init() {
        entries = Keys.byName.mapValues { Entry(value: $0.standard, origin: "standard") }
    }

    /// Standard values, then the file, then the environment, then `key=value` overrides.
    ///
    /// - Parameter file: `nil` for `millrace.yaml` in the working folder, if it is there.
    /// - Throws: for the first key that there is not, and for the first value that is not allowed.
    init(file: String?, environment: [String: String], overrides: [String]) throws(ConfigurationError) {
        self.init()
        if let file {
            try read(SettingsFile(file))
        } else if FileManager.default.fileExists(atPath: Self.standardFile) {
            try read(SettingsFile(Self.standardFile))
        }
        for setting in Keys.all {
            guard let value = environment[setting.environmentName] else { continue }
            entries[setting.key] = Entry(value: value, origin: setting.environmentName)
        }
        for text in overrides {
            guard let split = text.firstIndex(of: "=") else { throw .badOverride(text) }
            let key = String(text[..<split])
            let origin = "--set \(key)"
            guard Keys.byName[key] != nil else {
                throw .unknownKey(origin: origin, key: key, nearest: Keys.nearest(to: key))
            }
            entries[key] = Entry(value: String(text[text.index(after: split)...]), origin: origin)
        }
        let references = Set(references.map(\.setting.key))
        for setting in Keys.all where !references.contains(setting.key) {
            if let expected = setting.refusal(entries[setting.key]?.value ?? "") {
                throw refusal(of: setting, expected)
            }
        }
    }

    private mutating func read(_ file: SettingsFile) {
        for (key, entry) in file.entries { entries[key] = entry }
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
