import Foundation
import Workspace

/// The files that flows are exported to: named after the flow, and after its id as well where two are called so.
struct FlowExportNames {
    private let names: [String: String]

    /// - Parameter flows: all of an owner's, so that a flow has the same file whether it is exported alone or not.
    init(_ flows: [StoredFlow]) {
        let bases = Dictionary(grouping: flows) { Self.plain($0.name).lowercased() }
        var taken: Set<String> = []
        var names: [String: String] = [:]
        for flow in flows.sorted(by: { $0.id < $1.id }) {
            let plain = Self.plain(flow.name)
            let isAlone = bases[plain.lowercased()]?.count == 1
            let base = isAlone ? plain : "\(plain)-\(Self.plain(flow.id))"
            var name = base
            var number = 1
            while !taken.insert(name.lowercased()).inserted {
                number += 1
                name = "\(base)-\(number)"
            }
            names[flow.id] = name + ".json"
        }
        self.names = names
    }

    func file(of flow: StoredFlow) -> String { names[flow.id] ?? Self.file(named: flow.name) }

    /// Of a flow that is not stored.
    static func file(named name: String) -> String { plain(name) + ".json" }

    /// Letters and digits of any script, `-`, `_` and dots: what file systems take, and keys of a bucket.
    private static func plain(_ text: String) -> String {
        let kept = text.map { character in
            character.isLetter || character.isNumber || "-_.".contains(character) ? character : "-"
        }
        let words = String(kept).split(separator: "-").joined(separator: "-")
        var name = String(words.drop { $0 == "." || $0 == "-" }.prefix(80))
        while name.utf8.count > mostBytes { name.removeLast() }
        return name.isEmpty ? "flow" : name
    }

    /// Of a name with room for an id, a number and an ending within what a key's part may have.
    private static let mostBytes = 90
}
