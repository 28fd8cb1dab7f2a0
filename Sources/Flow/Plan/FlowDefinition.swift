import Foundation
import JSONValue

/// A flow as data: a graph with a name.
///
/// ```json
/// {"name": "question-answering", "description": "…",
///  "components": [{"id": "vector", "type": "VectorSearch", "parameters": {"limit": 100}}],
///  "edges": [{"from": "embed.vector", "to": "vector.vector"}],
///  "output": "cite.answer"}
/// ```
public struct FlowDefinition: Sendable, Hashable {
    public var name: String
    public var description: String
    public var graph: FlowGraph

    public init(name: String, description: String = "", graph: FlowGraph) {
        self.name = name
        self.description = description
        self.graph = graph
    }

    /// Bytes of JSON that a flow may have.
    public static let byteLimit = 4 << 20

    /// Reads a flow; what it says is checked by ``PlanCompiler``.
    ///
    /// - Parameter file: names the flow in errors.
    public static func decode(_ data: Data, file: String) throws(FlowError) -> FlowDefinition {
        guard data.count <= byteLimit else {
            throw .tooLarge(file: file, bytes: data.count, limit: byteLimit)
        }
        do {
            return try JSONDecoder().decode(FlowDefinition.self, from: data)
        } catch let error as DecodingError {
            throw .unreadable(file: file, reason: error.place)
        } catch {
            throw .unreadable(file: file, reason: "\(error)")
        }
    }
}

extension FlowDefinition: Codable {
    private enum CodingKeys: String, CodingKey {
        case name, description
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        name = try container.decode(String.self, forKey: .name)
        description = try container.decodeIfPresent(String.self, forKey: .description) ?? ""
        graph = try FlowGraph(from: decoder)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(description, forKey: .description)
        try graph.encode(to: encoder)
    }
}

extension DecodingError {
    /// Where in the JSON, and what is wrong there.
    public var place: String {
        func path(_ context: Context) -> String {
            let keys = context.codingPath.map { key in
                key.intValue.map { "[\($0)]" } ?? ".\(key.stringValue)"
            }
            return keys.isEmpty ? "at the top" : "at \(keys.joined().drop { $0 == "." })"
        }
        switch self {
        case .keyNotFound(let key, let context): return "“\(key.stringValue)” is missing \(path(context))."
        case .typeMismatch(let type, let context): return "\(path(context)) a \(type) is expected."
        case .valueNotFound(let type, let context):
            return "\(path(context)) stands null; a \(type) is expected."
        case .dataCorrupted(let context):
            let underlying = (context.underlyingError as NSError?)?.userInfo["NSDebugDescription"] as? String
            return "\(path(context)): \(underlying ?? context.debugDescription)"
        @unknown default: return "\(self)"
        }
    }
}
