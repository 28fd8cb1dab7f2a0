import Corpus
import Foundation
import Yams

/// The scalars of a YAML file by their dotted paths, each with the line it stands in.
struct SettingsFile: Sendable {
    /// - `tenant`: whose own it is; `nil` for what is everybody's.
    private(set) var entries: [(tenant: String?, key: String, entry: Settings.Entry)] = []
    /// What is wrong with it, in the order of its lines.
    private(set) var faults: [ConfigurationError] = []
    private let file: String
    private var seen: Set<String> = []

    init(_ file: String) {
        self.file = file
        let text: String
        do {
            text = try String(contentsOfFile: file, encoding: .utf8)
        } catch {
            faults = [.unreadable(file: file, reason: "it is missing, or not UTF-8")]
            return
        }
        do {
            if let root = try Yams.compose(yaml: text) { walk(root, path: "") }
        } catch let error as YamlError {
            faults = [Self.failure(error, file: file)]
        } catch {
            faults = [.notYAML(file: file, line: 1, reason: "\(error)")]
        }
    }

    private mutating func walk(_ node: Node, path: String, of tenant: String? = nil) {
        guard case .mapping(let mapping) = node else {
            faults.append(.notAMapping(file: file, line: node.mark?.line ?? 1))
            return
        }
        for (key, value) in mapping {
            let name = key.string ?? ""
            let full = path.isEmpty ? name : "\(path).\(name)"
            let origin = "\(file):\(key.mark?.line ?? 1)"
            if tenant == nil, full == Settings.ofTenantsGroup {
                walkTenants(value)
                continue
            }
            if Keys.all.contains(where: { $0.key.hasPrefix(full + ".") }) {
                if case .scalar(let scalar) = value, scalar.string.isEmpty { continue }
                walk(value, path: full, of: tenant)
                continue
            }
            take(value, full, of: tenant, origin)
        }
    }

    private mutating func take(_ value: Node, _ key: String, of tenant: String?, _ origin: String) {
        let written = Settings.written(key, of: tenant)
        guard seen.insert(written).inserted else {
            return faults.append(.repeated(origin: origin, key: written))
        }
        guard Keys.byName[key] != nil else {
            return faults.append(.unknownKey(origin: origin, key: key, nearest: Keys.nearest(to: key)))
        }
        switch value {
        case .scalar(let scalar): add(key, of: tenant, scalar.string, origin)
        case .sequence(let items):
            // Names of groups may have commas in them, which the settings' own lists would part.
            let takesQuotes = key == Settings.name(\.server.defaultPrincipals)
            let texts = items.compactMap(\.string)
            guard texts.count == items.count else {
                return faults.append(.notAScalar(origin: origin, key: written))
            }
            let parts = texts.map { takesQuotes ? PrincipalList.written($0) : $0 }
            add(key, of: tenant, parts.joined(separator: ","), origin)
        default: faults.append(.notAScalar(origin: origin, key: written))
        }
    }

    /// What stands below `tenant:`, each tenant's own below its name.
    private mutating func walkTenants(_ node: Node) {
        if case .scalar(let scalar) = node, scalar.string.isEmpty { return }
        guard case .mapping(let mapping) = node else {
            faults.append(.notAMapping(file: file, line: node.mark?.line ?? 1))
            return
        }
        for (name, value) in mapping {
            if case .scalar(let scalar) = value, scalar.string.isEmpty { continue }
            walk(value, path: "", of: name.string ?? "")
        }
    }

    private mutating func add(_ key: String, of tenant: String?, _ value: String, _ origin: String) {
        entries.append((tenant, key, Settings.Entry(value: value, origin: origin)))
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
        // Its own description has the line in it, and the line may hold a secret.
        case .reader(let problem, _, _, _): .notYAML(file: file, line: 1, reason: problem)
        default: .notYAML(file: file, line: 1, reason: "\(error)")
        }
    }
}
