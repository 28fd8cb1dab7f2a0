/// The components, payloads and conversions that flows may use. Filled once, where the program is composed.
public struct ComponentCatalog: Sendable {
    private(set) var types: [String: ComponentType] = [:]
    private(set) var conversions: [ConversionKey: Conversion] = [:]
    /// Payloads by name: those of every port that was declared.
    private(set) var payloads: [String: any Payload.Type] = [:]

    struct ConversionKey: Hashable, Sendable {
        var from: ObjectIdentifier
        var to: ObjectIdentifier
    }

    struct Conversion: Sendable {
        var from: any Payload.Type
        var to: any Payload.Type
        var convert: @Sendable (any Payload) throws -> any Payload
    }

    public init() {
        for type in [String.self, Int.self, Double.self, Bool.self] as [any Payload.Type] { add(type) }
    }

    /// Every component, by name.
    public var components: [ComponentType] { types.values.sorted { $0.name < $1.name } }

    /// Adds a component.
    ///
    /// - Parameters:
    ///   - category: where whoever edits a flow finds it.
    ///   - make: called once for each place that names it, and once to describe it.
    /// - Precondition: its name is not taken.
    public mutating func register<Made: Component>(
        _ component: Made.Type, in category: ComponentCategory = .other,
        make: @escaping @Sendable (inout Declaration) -> Made
    ) {
        precondition(types[component.type] == nil, "there are two components called \(component.type)")
        let type = ComponentType(
            name: component.type, summary: component.summary, category: category, make: make)
        types[component.type] = type
        let declaration = type.declaration
        let ports =
            declaration.inputs + declaration.outputs
            + declaration.bodies.flatMap { $0.inputs + $0.outputs }
        for port in ports { add(port.type) }
    }

    /// Adds a payload that no component declares, so that a flow's inputs may name it.
    ///
    /// - Precondition: no other type has its name.
    public mutating func add(_ payload: any Payload.Type) {
        let known = payloads.updateValue(payload, forKey: payload.payloadName)
        precondition(
            known == nil || ObjectIdentifier(known ?? payload) == ObjectIdentifier(payload),
            "there are two payloads called \(payload.payloadName)")
    }

    /// Lets an edge run from an output of one type to an input of another.
    ///
    /// - Parameter convert: may throw when a value does not convert; the run then fails at that edge.
    public mutating func convert<From: Payload, To: Payload>(
        _ from: From.Type, to: To.Type, _ convert: @escaping @Sendable (From) throws -> To
    ) {
        add(from)
        add(to)
        let key = ConversionKey(from: ObjectIdentifier(from), to: ObjectIdentifier(to))
        conversions[key] = Conversion(from: from, to: to) { value in
            guard let value = value as? From else {
                throw PayloadMismatch(
                    expected: From.payloadName, actual: Swift.type(of: value).payloadName)
            }
            return try convert(value)
        }
    }

    func conversion(from: any Payload.Type, to: any Payload.Type) -> Conversion? {
        conversions[ConversionKey(from: ObjectIdentifier(from), to: ObjectIdentifier(to))]
    }
}
