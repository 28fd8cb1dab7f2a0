/// One thing that is wrong with a flow.
public enum FlowFault: Sendable, Hashable {
    case noComponents
    case duplicateID(String)
    case unknownType(component: String, type: String, known: [String])
    case unknownParameter(component: String, name: String, known: [String])
    case parameterOutOfRange(component: String, name: String, value: Double, allowed: ClosedRange<Double>)
    case parameterNotANumber(component: String, name: String)
    case parameterNotWhole(component: String, name: String, value: Double)
    case unknownComponent(edge: String, component: String)
    case unknownPort(edge: String, component: String, port: String, known: [String])
    case typeMismatch(edge: String, from: PortType, to: PortType)
    case inputConnectedTwice(PortReference)
    case inputOpen(PortReference, type: PortType)
    case cycle([String])
    case outputNotAnAnswer(PortReference, PortType)
}

extension FlowFault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noComponents: "It has no components."
        case .duplicateID(let id): "Two components are called “\(id)”; ids must differ."
        case .unknownType(let component, let type, let known):
            "“\(component)” is a \(type), which Millrace does not have. It has \(list(known))."
        case .unknownParameter(let component, let name, let known):
            "“\(component)” has no parameter “\(name)”; it has \(known.isEmpty ? "none" : list(known))."
        case .parameterOutOfRange(let component, let name, let value, let allowed):
            """
            “\(component)”: \(name) is \(number(value)); it must be between \(number(allowed.lowerBound)) \
            and \(number(allowed.upperBound)).
            """
        case .parameterNotANumber(let component, let name): "“\(component)”: \(name) must be a number."
        case .parameterNotWhole(let component, let name, let value):
            "“\(component)”: \(name) is \(value); it must be a whole number."
        case .unknownComponent(let edge, let component):
            "\(edge) names “\(component)”, which the flow does not have."
        case .unknownPort(let edge, let component, let port, let known):
            "\(edge) names the port “\(port)”, which “\(component)” does not have; it has \(list(known))."
        case .typeMismatch(let edge, let from, let to):
            "\(edge) carries a \(from.rawValue) into a port that takes a \(to.rawValue)."
        case .inputConnectedTwice(let port): "Two edges end at \(port); an input takes one."
        case .inputOpen(let port, let type): "\(port) needs a \(type.rawValue), and no edge brings one."
        case .cycle(let ids): "\(list(ids)) wait for each other in a circle."
        case .outputNotAnAnswer(let port, let type):
            "The flow's output \(port) is a \(type.rawValue); it must be an answer."
        }
    }

    private func list(_ names: [String]) -> String { names.joined(separator: ", ") }

    private func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
    }
}
