import Flow
import Foundation
import JSONValue
import TestSupport

@testable import Langflow

/// Exports written by hand, under `fixtures/langflow`.
func fixture(_ name: String) throws -> LangflowExport {
    let flows = try LangflowExport.flows(in: try Fixtures.data("langflow/\(name).json"), file: name)
    return flows[0]
}

func translated(_ name: String) throws -> LangflowTranslation { LangflowTranslation(try fixture(name)) }

/// The flows that Langflow brings for a start, which `scripts/install-langflow-starters` fetches.
enum StarterFlows {
    static let versions = ["0.0.99", "0.5.1", "1.13.0"]

    struct Missing: Error, CustomStringConvertible {
        var folder: String
        var description: String {
            "Langflow's starter flows are not in \(folder); run scripts/install-langflow-starters."
        }
    }

    static var folder: URL {
        let environment = ProcessInfo.processInfo.environment
        let home = environment["HOME"] ?? "/"
        let cache = environment["XDG_CACHE_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? "\(home)/.cache"
        return URL(fileURLWithPath: cache).appendingPathComponent("millrace/langflow-starters-1")
    }

    /// Name and export of each flow of a version.
    static func all(_ version: String) throws -> [(name: String, export: LangflowExport)] {
        try read[version]?.get() ?? []
    }

    /// Read once: each version has megabytes.
    private static let read = Dictionary(
        uniqueKeysWithValues: versions.map { version in (version, Result { try flows(version) }) })

    private static func flows(_ version: String) throws -> [(name: String, export: LangflowExport)] {
        let folder = folder.appendingPathComponent(version)
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        guard !files.isEmpty else { throw Missing(folder: folder.path) }
        return try files.filter { $0.hasSuffix(".json") }.sorted().map { file in
            let data = try Data(contentsOf: folder.appendingPathComponent(file))
            return (String(file.dropLast(5)), try LangflowExport.flows(in: data, file: file)[0])
        }
    }
}

extension FlowGraph {
    func node(_ id: String) -> Node? { components.first { $0.id == id } }

    /// Edges as `from > to`.
    var wires: Set<String> { Set(edges.map { "\($0.from) > \($0.to)" }) }
}

extension JSONValue {
    /// The value with one at a path changed, for exports with one thing wrong.
    func changing(_ path: [String], _ change: (JSONValue) -> JSONValue?) -> JSONValue {
        guard let first = path.first else { return change(self) ?? .null }
        let rest = Array(path.dropFirst())
        if case .object(var members) = self {
            let value = members[first] ?? .null
            members[first] = rest.isEmpty ? change(value) : value.changing(rest, change)
            return .object(members)
        }
        if case .array(var values) = self, let place = Int(first), values.indices.contains(place) {
            if rest.isEmpty {
                if let value = change(values[place]) {
                    values[place] = value
                } else {
                    values.remove(at: place)
                }
            } else {
                values[place] = values[place].changing(rest, change)
            }
            return .array(values)
        }
        return self
    }
}

/// An export made in place: nodes with fields, and edges as `source.output > target.field`.
func export(
    _ nodes: [(id: String, type: String, fields: [String: JSONValue])], _ edges: [String],
    outputs: [String: [String]] = [:]
) throws -> LangflowExport {
    let written = nodes.map { node -> JSONValue in
        let template = node.fields.mapValues { value -> JSONValue in
            value["type"] == nil ? ["type": "str", "value": value] : value
        }
        return [
            "id": .string(node.id), "type": "genericNode", "position": ["x": 0, "y": 0],
            "data": [
                "id": .string(node.id), "type": .string(node.type),
                "node": [
                    "template": .object(template),
                    "outputs": .array(
                        (outputs[node.id] ?? []).map { ["name": .string($0), "types": ["Message"]] }),
                ],
            ],
        ]
    }
    let lines = edges.map { line -> JSONValue in
        let ends = line.split(separator: ">").map { $0.split(separator: ".").map { $0.filter { $0 != " " } } }
        return [
            "source": .string(ends[0][0]), "target": .string(ends[1][0]),
            "data": [
                "sourceHandle": ["name": .string(ends[0][1]), "id": .string(ends[0][0])],
                "targetHandle": ["fieldName": .string(ends[1][1]), "id": .string(ends[1][0])],
            ],
        ]
    }
    return try LangflowExport(
        json: [
            "name": "Made", "description": "", "data": ["nodes": .array(written), "edges": .array(lines)],
        ], file: "made")
}
