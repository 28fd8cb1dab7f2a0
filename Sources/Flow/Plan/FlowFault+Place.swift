/// Where a fault lies, for editors that mark it.
public struct FaultPlace: Sendable, Hashable {
    /// A component's id, a path for one inside a body.
    public var component: String?
    /// Written `component.port → component.port`.
    public var edge: String?
    /// A port or a parameter of the component.
    public var name: String?

    public init(component: String? = nil, edge: String? = nil, name: String? = nil) {
        self.component = component
        self.edge = edge
        self.name = name
    }
}

extension FlowFault {
    public var place: FaultPlace {
        switch self {
        case .noComponents, .tooManyComponents, .unknownPayload, .duplicateInput, .unknownOutput,
            .missingOutput, .callsItself:
            FaultPlace()
        case .nestedTooDeep(let component, _), .duplicateID(let component), .reservedID(let component),
            .unknownType(let component, _, _), .toolIsItsOwn(let component), .toolUsedTwice(let component):
            FaultPlace(component: component)
        case .notTakenOver(let component, _):
            component.isEmpty ? FaultPlace() : FaultPlace(component: component)
        case .unknownParameter(let component, let name, _), .missingParameter(let component, let name, _),
            .parameter(let component, let name, _), .fixedParameter(let component, let name),
            .policy(let component, let name, _), .unknownBody(let component, let name, _),
            .missingBody(let component, let name), .unknownFlow(let component, let name, _),
            .toolPayload(let component, let name, _):
            FaultPlace(component: component, name: name)
        case .unknownComponent(let edge, let component): FaultPlace(component: component, edge: edge)
        case .unknownPort(let edge, let component, let port, _):
            FaultPlace(component: component, edge: edge, name: port)
        case .typeMismatch(let edge, _, _): FaultPlace(edge: edge)
        case .toolHasEdges(let component, let edge): FaultPlace(component: component, edge: edge)
        case .inputConnectedTwice(let port), .inputOpen(let port, _), .streamOrder(let port, _, _),
            .outputType(_, _, let port, _, _):
            FaultPlace(component: port.component, name: port.port)
        case .cycle(let ids): FaultPlace(component: ids.first)
        }
    }
}
