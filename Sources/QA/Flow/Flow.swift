import Foundation

/// A flow as data: components and the edges between their ports.
///
/// ```json
/// {"name": "question-answering", "description": "…",
///  "components": [{"id": "vector", "type": "VectorSearch", "parameters": {"limit": 100}}],
///  "edges": [{"from": "embed.vector", "to": "vector.vector"}],
///  "output": "cite.answer"}
/// ```
public struct Flow: Sendable, Hashable, Codable {
    public struct Component: Sendable, Hashable, Codable {
        /// Unique within the flow; letters, digits, `-` and `_`.
        public var id: String
        /// The name of a component that Millrace has.
        public var type: String
        public var parameters: [String: FlowParameter]

        public init(id: String, type: String, parameters: [String: FlowParameter] = [:]) {
            self.id = id
            self.type = type
            self.parameters = parameters
        }

        public init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            id = try container.decode(String.self, forKey: .id)
            type = try container.decode(String.self, forKey: .type)
            parameters =
                try container.decodeIfPresent([String: FlowParameter].self, forKey: .parameters) ?? [:]
        }
    }

    public struct Edge: Sendable, Hashable, Codable {
        /// An output port, `component.port`.
        public var from: PortReference
        /// An input port.
        public var to: PortReference

        public init(from: PortReference, to: PortReference) {
            self.from = from
            self.to = to
        }
    }

    public var name: String
    public var description: String
    public var components: [Component]
    public var edges: [Edge]
    /// The port whose answer is the flow's.
    public var output: PortReference

    public init(
        name: String, description: String = "", components: [Component], edges: [Edge], output: PortReference
    ) {
        self.name = name
        self.description = description
        self.components = components
        self.edges = edges
        self.output = output
    }

    /// Reads a flow; what it says is checked by ``FlowPlan``.
    ///
    /// - Throws: ``QAError/unreadableFlow(file:reason:)`` with the place of the fault.
    public static func decode(_ data: Data, file: String) throws(QAError) -> Flow {
        do {
            return try JSONDecoder().decode(Flow.self, from: data)
        } catch let error as DecodingError {
            throw .unreadableFlow(file: file, reason: error.place)
        } catch {
            throw .unreadableFlow(file: file, reason: "\(error)")
        }
    }
}

/// A port of a component, written `component.port`.
public struct PortReference: Sendable, Hashable, Codable, CustomStringConvertible {
    public var component: String
    public var port: String

    public init(_ component: String, _ port: String) {
        self.component = component
        self.port = port
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "“\(text)” is no port; write component.port")
        }
        self.init(String(parts[0]), String(parts[1]))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    public var description: String { "\(component).\(port)" }
}

/// A component's setting: a JSON scalar.
public enum FlowParameter: Sendable, Hashable, Codable {
    case number(Double)
    case text(String)
    case flag(Bool)

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let flag = try? container.decode(Bool.self) {
            self = .flag(flag)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else {
            self = .text(try container.decode(String.self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .number(let value): try container.encode(value)
        case .text(let value): try container.encode(value)
        case .flag(let value): try container.encode(value)
        }
    }
}

extension DecodingError {
    /// Where in the JSON, and what is wrong there.
    public var place: String {
        func path(_ context: Context) -> String {
            let keys = context.codingPath.map { key in key.intValue.map { "[\($0)]" } ?? ".\(key.stringValue)"
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
