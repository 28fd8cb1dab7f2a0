import Foundation
import JSONValue

/// A line on Langflow's canvas: from an output of a node to a field of another.
public struct LangflowEdge: Sendable, Hashable {
    public var source: String
    /// The output's name; empty in exports from before outputs had names.
    public var output: String
    public var target: String
    /// The field's name; for an edge that leads back into a loop, the name of the loop's output.
    public var field: String
    /// Whether it ends at an output, which only loops allow.
    public var isLoopBack: Bool
    /// As it stands in the export.
    public var json: JSONValue
}

/// One end of an edge: `{"dataType", "id", "name", "output_types"}` or `{"fieldName", "id", "inputTypes", "type"}`.
struct LangflowHandle {
    var members: [String: JSONValue]

    /// The form that stands beside it: `data.sourceHandle` is an object; `sourceHandle` is the same as text with `œ`
    /// for quotation marks, or, before version 1.0, parts between bars.
    init?(_ name: String, of edge: JSONValue, isSource: Bool) {
        if let members = edge["data"]?[name]?.object {
            self.members = members
            return
        }
        let written = edge["data"]?[name]?.string ?? edge[name]?.string ?? ""
        guard !written.isEmpty, written.utf8.count <= 65_536 else { return nil }
        if let members = try? JSONValue(parsing: written.replacing("œ", with: "\"")).object {
            self.members = members
            return
        }
        let parts = written.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= 3 else { return nil }
        members =
            isSource
            ? ["dataType": .string(parts[0]), "id": .string(parts[1])]
            : ["fieldName": .string(parts[1]), "id": .string(parts[2])]
    }

    subscript(key: String) -> String? { members[key]?.string }
}

extension LangflowEdge {
    /// - Throws: the reason why it cannot be read.
    init(json: JSONValue) throws(UnreadableEdge) {
        let from = LangflowHandle("sourceHandle", of: json, isSource: true)
        let to = LangflowHandle("targetHandle", of: json, isSource: false)
        guard let source = json["source"]?.string ?? from?["id"], !source.isEmpty else {
            throw UnreadableEdge(reason: "it does not say where it begins")
        }
        guard let target = json["target"]?.string ?? to?["id"], !target.isEmpty else {
            throw UnreadableEdge(reason: "it does not say where it ends")
        }
        guard let from else { throw UnreadableEdge(reason: "its source handle is missing or damaged") }
        guard let to else { throw UnreadableEdge(reason: "its target handle is missing or damaged") }
        self.source = source
        self.target = target
        self.json = json
        output = from["name"] ?? ""
        if let field = to["fieldName"] {
            self.field = field
            isLoopBack = false
        } else if let name = to["name"] {
            field = name
            isLoopBack = true
        } else {
            throw UnreadableEdge(reason: "its target handle names no field")
        }
    }
}

struct UnreadableEdge: Error {
    var reason: String
}
