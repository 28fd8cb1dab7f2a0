/// Why an export, a tweak or a translation is refused.
public enum LangflowError: Error, Sendable, Hashable {
    case tooLarge(file: String, bytes: Int, limit: Int)
    case notJSON(file: String, reason: String)
    /// JSON, but no export: `expected` says what is missing.
    case notAnExport(file: String, expected: String)
    case noFlows(file: String)
    case tooManyFlows(file: String, count: Int, limit: Int)
    case noNodes(flow: String)
    case tooManyNodes(flow: String, count: Int, limit: Int)
    case tooManyEdges(flow: String, count: Int, limit: Int)
    case unreadableNode(flow: String, number: Int, reason: String)
    case duplicateNode(flow: String, node: String)
    case unreadableEdge(flow: String, number: Int, source: String, target: String, reason: String)
    case groupsTooDeep(flow: String, node: String, limit: Int)
    /// The flow was read and cannot run: every reason.
    case cannotRun(flow: String, obstacles: [TranslationReport.Obstacle])
    case tweaksNotAnObject(flow: String, kind: String)
    case tooManyTweaks(flow: String, count: Int, limit: Int)
    case unknownTweak(flow: String, name: String, known: [String])
    case unknownTweakField(flow: String, node: String, field: String, known: [String])
    /// A field that Millrace knows and a run may not change, such as a component's code.
    case fixedTweakField(flow: String, node: String, field: String, reason: String)
}

extension LangflowError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .tooLarge(let file, let bytes, let limit):
            """
            The export \(file) has \(bytes) bytes; at most \(limit) are read. Export its flows one by one, and \
            without the data that they hold.
            """
        case .notJSON(let file, let reason): "The export \(file) is no JSON: \(reason)"
        case .notAnExport(let file, let expected):
            "\(file) is no export of Langflow: \(expected). Export the flow anew, as JSON."
        case .noFlows(let file): "The export \(file) has no flows."
        case .tooManyFlows(let file, let count, let limit):
            "The export \(file) has \(count) flows; at most \(limit) are read at once. Export fewer together."
        case .noNodes(let flow): "The flow “\(flow)” has no nodes. Add components to it, and export it anew."
        case .tooManyNodes(let flow, let count, let limit):
            "The flow “\(flow)” has \(count) nodes, groups included; at most \(limit) are read. Cut it into several."
        case .tooManyEdges(let flow, let count, let limit):
            "The flow “\(flow)” has \(count) edges, groups included; at most \(limit) are read. Cut it into several."
        case .unreadableNode(let flow, let number, let reason):
            "Node \(number) of the flow “\(flow)” cannot be read: \(reason)."
        case .duplicateNode(let flow, let node):
            "The flow “\(flow)” has two nodes called “\(node)”; ids must differ."
        case .unreadableEdge(let flow, let number, let source, let target, let reason):
            """
            Edge \(number) of the flow “\(flow)” (“\(source)” to “\(target)”) cannot be read: \(reason). Draw it \
            anew, and export again.
            """
        case .groupsTooDeep(let flow, let node, let limit):
            "“\(node)” of the flow “\(flow)” lies more than \(limit) groups deep. Ungroup some."
        default: laterDescription
        }
    }

    private var laterDescription: String {
        switch self {
        case .cannotRun(let flow, let obstacles):
            "The flow “\(flow)” cannot run here:\n" + obstacles.map { "  \($0)" }.joined(separator: "\n")
        case .tweaksNotAnObject(let flow, let kind):
            "The tweaks of the flow “\(flow)” are a \(kind); an object is expected, such as {\"Agent-x1\": {…}}."
        case .tooManyTweaks(let flow, let count, let limit):
            "There are \(count) tweaks for the flow “\(flow)”; at most \(limit) are taken."
        case .unknownTweak(let flow, let name, let known):
            """
            The tweak “\(name.prefix(100))” names no node of the flow “\(flow)”, by id, display name or type, \
            and no field. It has \(known.prefix(40).joined(separator: ", ")).
            """
        case .unknownTweakField(let flow, let node, let field, let known):
            """
            “\(node)” of the flow “\(flow)” has no field “\(field.prefix(100))” that a run may set. It has \
            \(known.isEmpty ? "none" : known.prefix(40).joined(separator: ", ")).
            """
        case .fixedTweakField(let flow, let node, let field, let reason):
            "A run cannot set “\(field)” of “\(node)” in the flow “\(flow)”: \(reason)."
        default: ""
        }
    }
}
