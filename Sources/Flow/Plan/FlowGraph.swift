import JSONValue

/// Components and the edges between their ports: a flow, or the body of a component.
public struct FlowGraph: Sendable, Hashable {
    /// A value that the graph is given. Edges begin at `input.NAME`.
    public struct Entry: Sendable, Hashable, Codable {
        public var name: String
        /// The payload's name.
        public var type: String

        public init(name: String, type: String) {
            self.name = name
            self.type = type
        }
    }

    public struct Node: Sendable, Hashable {
        /// Unique within the graph; not `input`.
        public var id: String
        /// The name of a component of the catalogue.
        public var type: String
        /// What people call it; `nil` for its type's name. The engine does not look at it.
        public var title: String?
        /// Where an editor draws it. The engine does not look at it.
        public var position: CanvasPosition?
        public var parameters: [String: JSONValue]
        public var policy: StepPolicy
        /// By the name of the component's body.
        public var bodies: [String: FlowBody]

        public init(
            id: String, type: String, title: String? = nil, position: CanvasPosition? = nil,
            parameters: [String: JSONValue] = [:], policy: StepPolicy = StepPolicy(),
            bodies: [String: FlowBody] = [:]
        ) {
            self.id = id
            self.type = type
            self.title = title
            self.position = position
            self.parameters = parameters
            self.policy = policy
            self.bodies = bodies
        }
    }

    public struct Edge: Sendable, Hashable, Codable {
        /// An output port, `component.port`; `input.NAME`; or `component.tool`.
        public var from: PortReference
        /// An input port.
        public var to: PortReference

        public init(from: PortReference, to: PortReference) {
            self.from = from
            self.to = to
        }
    }

    /// The id of the node that hands out the graph's inputs.
    public static let inputNode = "input"
    /// The port by which a component is used as a tool.
    public static let toolPort = "tool"
    /// The name of the only output of a flow that writes `"output": "component.port"`.
    public static let outputName = "output"

    public var inputs: [Entry]
    public var components: [Node]
    public var edges: [Edge]
    /// The ports whose values are the graph's, by the graph's own names for them.
    public var outputs: [String: PortReference]

    public init(
        inputs: [Entry] = [], components: [Node], edges: [Edge], outputs: [String: PortReference]
    ) {
        self.inputs = inputs
        self.components = components
        self.edges = edges
        self.outputs = outputs
    }
}

/// A graph inside a component, written there or named.
public enum FlowBody: Sendable, Hashable {
    case graph(FlowGraph)
    /// `{"flow": "NAME"}`: another flow, by name.
    case named(String)
}

/// How a step is tried.
public struct StepPolicy: Sendable, Hashable {
    /// One attempt's time; `nil` for the run's alone.
    public var timeoutSeconds: Double?
    /// Attempts, the first included. Only an error that says so is tried again, and only while the step has told
    /// nothing yet.
    public var attempts: Int
    /// Before the second attempt; doubled before each further one.
    public var backoffSeconds: Double

    public init(timeoutSeconds: Double? = nil, attempts: Int = 1, backoffSeconds: Double = 0.2) {
        self.timeoutSeconds = timeoutSeconds
        self.attempts = attempts
        self.backoffSeconds = backoffSeconds
    }

    static let attemptLimit = 10
    static let secondsLimit = 86_400.0
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
