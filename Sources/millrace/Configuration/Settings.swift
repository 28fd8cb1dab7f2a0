import Foundation
import Yams

/// Every setting as text, with where it came from; typed when it is asked for.
struct Settings: Sendable {
    struct Entry: Sendable, Hashable {
        var value: String
        /// For messages: `millrace.yaml:3`, `MILLRACE_SERVER_PORT`, `--set`.
        var origin: String
    }

    private(set) var entries: [String: Entry]

    /// The standard values alone.
    init() {
        entries = Dictionary(
            uniqueKeysWithValues: ConfigurationKey.all.map {
                ($0.path, Entry(value: $0.standard, origin: "standard"))
            })
    }

    /// Standard values, then the file, then the environment, then `key=value` overrides.
    ///
    /// - Parameter file: `nil` for `millrace.yaml` in the working folder, if it is there.
    init(file: String?, environment: [String: String], overrides: [String]) throws(ConfigurationError) {
        self.init()
        let standardFile = "millrace.yaml"
        if let file {
            try read(file)
        } else if FileManager.default.fileExists(atPath: standardFile) {
            try read(standardFile)
        }
        try read(environment)
        for text in overrides {
            guard let split = text.firstIndex(of: "=") else { throw .badOverride(text) }
            let key = String(text[..<split])
            try set(key, String(text[text.index(after: split)...]), origin: "--set \(key)")
        }
    }

    mutating func set(_ key: String, _ value: String, origin: String) throws(ConfigurationError) {
        guard ConfigurationKey.paths.contains(key) else {
            throw .unknownKey(origin: origin, key: key, nearest: Self.nearest(to: key))
        }
        entries[key] = Entry(value: value, origin: origin)
    }

    private mutating func read(_ environment: [String: String]) throws(ConfigurationError) {
        for key in ConfigurationKey.all {
            if let value = environment[key.environmentName] {
                entries[key.path] = Entry(value: value, origin: key.environmentName)
            }
        }
    }

    private mutating func read(_ file: String) throws(ConfigurationError) {
        let text: String
        do {
            text = try String(contentsOfFile: file, encoding: .utf8)
        } catch {
            throw .unreadable(file: file, reason: "it is missing, or not UTF-8")
        }
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch let error as YamlError {
            throw Self.failure(error, file: file)
        } catch {
            throw .notYAML(file: file, line: 1, reason: "\(error)")
        }
        guard let root else { return }
        var seen: Set<String> = []
        try walk(root, path: "", file: file, &seen)
    }

    private mutating func walk(
        _ node: Node, path: String, file: String, _ seen: inout Set<String>
    ) throws(ConfigurationError) {
        guard case .mapping(let mapping) = node else {
            throw .notAMapping(file: file, line: node.mark?.line ?? 1)
        }
        for (key, value) in mapping {
            let name = key.string ?? ""
            let full = path.isEmpty ? name : "\(path).\(name)"
            let origin = "\(file):\(key.mark?.line ?? 1)"
            let isGroup = ConfigurationKey.paths.contains { $0.hasPrefix(full + ".") }
            if isGroup {
                if case .scalar(let scalar) = value, scalar.string.isEmpty { continue }
                try walk(value, path: full, file: file, &seen)
                continue
            }
            guard seen.insert(full).inserted else { throw .repeated(origin: origin, key: full) }
            switch value {
            case .scalar(let scalar): try set(full, scalar.string, origin: origin)
            case .sequence(let items):
                try set(full, items.compactMap(\.string).joined(separator: ","), origin: origin)
            default:
                guard ConfigurationKey.paths.contains(full) else {
                    throw .unknownKey(origin: origin, key: full, nearest: Self.nearest(to: full))
                }
                throw .notAScalar(origin: origin, key: full)
            }
        }
    }

    private static func failure(_ error: YamlError, file: String) -> ConfigurationError {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            .notYAML(file: file, line: mark.line, reason: problem)
        case .duplicatedKeysInMapping(let duplicates, let context):
            .repeated(
                origin: "\(file):\(context.mark.line)",
                key: duplicates.map { "\($0)" }.joined(separator: ", "))
        default: .notYAML(file: file, line: 1, reason: "\(error)")
        }
    }

    /// The known key that a mistyped one is closest to, if it is close.
    static func nearest(to key: String) -> String? {
        ConfigurationKey.all.map { (key: $0.path, distance: distance(key, $0.path)) }
            .filter { $0.distance <= max(2, key.count / 3) }
            .min { $0.distance < $1.distance }?.key
    }

    /// Levenshtein's edit distance.
    private static func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right)
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var previous = row[0]
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                let replace = previous + (a == b ? 0 : 1)
                previous = row[j + 1]
                row[j + 1] = min(replace, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[right.count]
    }
}

extension Settings {
    func text(_ key: String) -> String { entries[key]?.value ?? "" }

    /// `nil` when the setting is empty.
    func optionalText(_ key: String) -> String? {
        let value = text(key)
        return value.isEmpty ? nil : value
    }

    func list(_ key: String) -> [String] {
        text(key).split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }

    func integer(_ key: String, in allowed: ClosedRange<Int>) throws(ConfigurationError) -> Int {
        guard let value = Int(text(key)), allowed.contains(value) else {
            throw bad(key, "a whole number from \(allowed.lowerBound) to \(allowed.upperBound) is expected")
        }
        return value
    }

    func number(_ key: String, in allowed: ClosedRange<Double>) throws(ConfigurationError) -> Double {
        guard let value = Double(text(key)), allowed.contains(value) else {
            throw bad(key, "a number from \(allowed.lowerBound) to \(allowed.upperBound) is expected")
        }
        return value
    }

    func flag(_ key: String) throws(ConfigurationError) -> Bool {
        switch text(key) {
        case "true": return true
        case "false": return false
        default: throw bad(key, "true or false is expected")
        }
    }

    func choice<Value: RawRepresentable & CaseIterable>(
        _ key: String, _ type: Value.Type
    ) throws(ConfigurationError) -> Value where Value.RawValue == String {
        guard let value = Value(rawValue: text(key)) else {
            throw bad(key, "one of \(Value.allCases.map(\.rawValue).joined(separator: ", ")) is expected")
        }
        return value
    }

    func bad(_ key: String, _ expected: String) -> ConfigurationError {
        let shown = ConfigurationKey.secrets.contains(key) ? "…" : text(key)
        return .badValue(origin: entries[key]?.origin ?? key, key: key, value: shown, expected: expected)
    }
}
