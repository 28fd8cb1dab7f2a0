import Corpus
import Foundation
import Yams

/// The scalars of a YAML file by their dotted paths, each with the line it stands in.
struct SettingsFile: Sendable {
    private(set) var entries: [(key: String, entry: Settings.Entry)] = []
    private let file: String
    private var seen: Set<String> = []

    init(_ file: String) throws(ConfigurationError) {
        self.file = file
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
        if let root { try walk(root, path: "") }
    }

    private mutating func walk(_ node: Node, path: String) throws(ConfigurationError) {
        guard case .mapping(let mapping) = node else {
            throw .notAMapping(file: file, line: node.mark?.line ?? 1)
        }
        for (key, value) in mapping {
            let name = key.string ?? ""
            let full = path.isEmpty ? name : "\(path).\(name)"
            let origin = "\(file):\(key.mark?.line ?? 1)"
            if Keys.all.contains(where: { $0.key.hasPrefix(full + ".") }) {
                if case .scalar(let scalar) = value, scalar.string.isEmpty { continue }
                try walk(value, path: full)
                continue
            }
            guard seen.insert(full).inserted else { throw .repeated(origin: origin, key: full) }
            guard Keys.byName[full] != nil else {
                throw .unknownKey(origin: origin, key: full, nearest: Keys.nearest(to: full))
            }
            switch value {
            case .scalar(let scalar): add(full, scalar.string, origin)
            case .sequence(let items):
                // Names of groups may have commas in them, which the settings' own lists would part.
                let takesQuotes = full == Settings.name(\.server.defaultPrincipals)
                let parts = items.compactMap(\.string).map { takesQuotes ? PrincipalList.written($0) : $0 }
                add(full, parts.joined(separator: ","), origin)
            default: throw .notAScalar(origin: origin, key: full)
            }
        }
    }

    private mutating func add(_ key: String, _ value: String, _ origin: String) {
        entries.append((key, Settings.Entry(value: value, origin: origin)))
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
