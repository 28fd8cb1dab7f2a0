/// One thing that is wrong with a flow, and where.
///
/// A component inside a body is named by its path, such as `loop/body/cite`.
public enum FlowFault: Sendable, Hashable {
    case noComponents(graph: String)
    case tooManyComponents(count: Int, limit: Int)
    case nestedTooDeep(component: String, limit: Int)
    case duplicateID(String)
    case reservedID(String)
    case unknownType(component: String, type: String, known: [String])
    case unknownParameter(component: String, name: String, known: [String])
    case missingParameter(component: String, name: String, kind: String)
    case parameter(component: String, name: String, ParameterFault)
    case fixedParameter(component: String, name: String)
    case policy(component: String, name: String, allowed: String)
    case unknownComponent(edge: String, component: String)
    case unknownPort(edge: String, component: String, port: String, known: [String])
    case typeMismatch(edge: String, from: String, to: String)
    case inputConnectedTwice(PortReference)
    case inputOpen(PortReference, type: String)
    case unknownPayload(input: String, type: String, known: [String])
    case duplicateInput(String)
    case cycle([String])
    case streamOrder(PortReference, first: String, second: String)
    case unknownOutput(graph: String, name: String, known: [String])
    case missingOutput(graph: String, name: String, type: String)
    case outputType(graph: String, name: String, PortReference, is: String, expected: String)
    case unknownBody(component: String, name: String, known: [String])
    case missingBody(component: String, name: String)
    case unknownFlow(component: String, name: String, known: [String])
    case callsItself([String])
    case toolHasEdges(component: String, edge: String)
    case toolIsItsOwn(component: String)
    case toolPayload(component: String, port: String, type: String)
    case toolUsedTwice(component: String)
    /// What could not be taken over from where the flow was drawn, and what rests on it.
    case notTakenOver(component: String, reason: String)
}

extension FlowFault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noComponents(let graph): "\(subject(graph)) has no components."
        case .tooManyComponents(let count, let limit):
            "It has \(count) components, bodies included; at most \(limit) run. Cut it into several flows."
        case .nestedTooDeep(let component, let limit):
            "“\(component)” lies more than \(limit) bodies deep. Make it a flow of its own."
        case .duplicateID(let id): "Two components are called “\(id)”; ids must differ."
        case .reservedID(let id):
            "A component is called “\(id)”, which names the flow's inputs or is empty; give it another id."
        case .unknownType(let component, let type, let known):
            "“\(component)” is a \(type), which Millrace does not have. It has \(list(known))."
        case .unknownParameter(let component, let name, let known):
            "“\(component)” has no parameter “\(name)”; it has \(known.isEmpty ? "none" : list(known))."
        case .missingParameter(let component, let name, let kind):
            "“\(component)” needs its parameter “\(name)”, a \(kind), and has no standard for it; give it one."
        case .parameter(let component, let name, let fault): "“\(component)”: \(name): \(fault)"
        case .fixedParameter(let component, let name):
            "“\(component)”: \(name) decides the component's ports; a run cannot change it, only the flow can."
        case .policy(let component, let name, let allowed): "“\(component)”: \(name) must be \(allowed)."
        case .unknownComponent(let edge, let component):
            "\(edge) names “\(component)”, which the flow does not have."
        case .unknownPort(let edge, let component, let port, let known):
            """
            \(edge) names the port “\(port)”, which “\(component)” does not have; it has \
            \(known.isEmpty ? "none" : list(known)).
            """
        case .typeMismatch(let edge, let from, let to):
            "\(edge) carries a \(from) into a port that takes a \(to)."
        case .inputConnectedTwice(let port): "Two edges end at \(port); an input takes one."
        case .inputOpen(let port, let type): "\(port) needs a \(type), and no edge brings one."
        case .unknownPayload(let input, let type, let known):
            "The input “\(input)” is a \(type), which is no payload. There are \(list(known))."
        case .duplicateInput(let name): "Two inputs are called “\(name)”; names must differ."
        case .cycle(let ids):
            "\(list(ids)) wait for each other in a circle. Put what repeats into the body of a loop."
        default: laterDescription
        }
    }

    private var laterDescription: String {
        switch self {
        case .streamOrder(let port, let first, let second):
            """
            The stream of \(port) goes to “\(first)” and to “\(second)”, which waits for “\(first)”: neither could \
            go on. Let “\(second)” take what “\(first)” makes of it.
            """
        case .unknownOutput(let graph, let name, let known):
            "\(subject(graph)) makes “\(name)”, which nobody takes; expected is \(list(known))."
        case .missingOutput(let graph, let name, let type):
            "\(subject(graph)) must make a \(type) as “\(name)”; name the port under its outputs."
        case .outputType(let graph, let name, let port, let type, let expected):
            "\(subject(graph)) makes “\(name)” of \(port), a \(type); it must be a \(expected)."
        case .unknownBody(let component, let name, let known):
            "“\(component)” has no body “\(name)”; it has \(known.isEmpty ? "none" : list(known))."
        case .missingBody(let component, let name): "“\(component)” needs its body “\(name)”; write one."
        case .unknownFlow(let component, let name, let known):
            "“\(component)” runs the flow “\(name)”, which is not there. There are \(list(known))."
        case .callsItself(let path):
            "\(path.joined(separator: " → ")) runs itself without end. Repeat with a loop, which has a bound."
        case .toolHasEdges(let component, let edge):
            """
            “\(component)” is a tool, so it takes its inputs from the model and gives its outputs to it; \(edge) \
            must go.
            """
        case .toolIsItsOwn(let component): "“\(component)” is its own tool. Give it others."
        case .toolPayload(let component, let port, let type):
            "“\(component)” cannot be a tool: its port \(port) is a \(type), which no JSON stands for."
        case .toolUsedTwice(let component):
            "“\(component)” is named twice among the tools of one component; once is enough."
        case .notTakenOver(_, let reason): reason
        default: ""
        }
    }

    private func list(_ names: [String]) -> String {
        let shown = names.prefix(40).joined(separator: ", ")
        return names.isEmpty ? "none" : names.count > 40 ? "\(shown) and \(names.count - 40) more" : shown
    }

    /// A graph's path as the subject of a sentence; empty for the flow itself.
    private func subject(_ graph: String) -> String { graph.isEmpty ? "It" : "“\(graph)”" }
}
