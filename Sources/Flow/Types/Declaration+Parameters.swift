import JSONValue

extension Declaration {
    /// - Parameter standard: `nil` for a parameter that a flow must give.
    public mutating func integer(
        _ name: String, _ standard: Int?, in allowed: ClosedRange<Int>, unit: String? = nil, _ meaning: String
    ) -> Parameter<Int> {
        add(name, .integer(allowed), standard.map { .integer($0) }, unit, meaning) { $0.integer }
    }

    public mutating func number(
        _ name: String, _ standard: Double?, in allowed: ClosedRange<Double>, unit: String? = nil,
        _ meaning: String
    ) -> Parameter<Double> {
        add(name, .number(allowed), standard.map { .number($0) }, unit, meaning) { $0.double }
    }

    public mutating func text(
        _ name: String, _ standard: String?, maxBytes: Int = 65_536, _ meaning: String
    ) -> Parameter<String> {
        add(name, .text(maxBytes: maxBytes), standard.map { .string($0) }, nil, meaning) { $0.string }
    }

    public mutating func flag(_ name: String, _ standard: Bool?, _ meaning: String) -> Parameter<Bool> {
        add(name, .flag, standard.map { .bool($0) }, nil, meaning) { $0.bool }
    }

    public mutating func choice<Value: RawRepresentable & CaseIterable & Sendable>(
        _ name: String, _ standard: Value?, _ meaning: String
    ) -> Parameter<Value> where Value.RawValue == String {
        let names = Value.allCases.map(\.rawValue)
        return add(name, .choice(names), standard.map { .string($0.rawValue) }, nil, meaning) { value in
            value.string.flatMap { Value(rawValue: $0) }
        }
    }

    public mutating func texts(
        _ name: String, _ standard: [String]?, maxCount: Int = 1_000, maxBytes: Int = 65_536,
        _ meaning: String
    ) -> Parameter<[String]> {
        add(
            name, .list(.text(maxBytes: maxBytes), maxCount: maxCount),
            standard.map { .array($0.map { .string($0) }) }, nil, meaning
        ) { $0.array?.compactMap(\.string) }
    }

    public mutating func integers(
        _ name: String, _ standard: [Int]?, in allowed: ClosedRange<Int>, maxCount: Int = 1_000,
        unit: String? = nil, _ meaning: String
    ) -> Parameter<[Int]> {
        add(
            name, .list(.integer(allowed), maxCount: maxCount),
            standard.map { .array($0.map { .integer($0) }) }, unit, meaning
        ) { $0.array?.compactMap(\.integer) }
    }

    /// Names with a number each, none unless the flow gives some.
    public mutating func numbers(
        _ name: String, in allowed: ClosedRange<Double>, maxCount: Int = 1_000, unit: String? = nil,
        _ meaning: String
    ) -> Parameter<[String: Double]> {
        add(name, .numbers(allowed, maxCount: maxCount), .object([:]), unit, meaning) { value in
            value.object?.compactMapValues(\.double)
        }
    }

    public mutating func json(
        _ name: String, _ standard: JSONValue?, _ meaning: String
    ) -> Parameter<JSONValue> {
        add(name, .json, standard, nil, meaning) { $0 }
    }

    /// The name of a secret, which ``Step/secret(_:)`` resolves. There is no standard one.
    public mutating func secret(_ name: String, _ meaning: String) -> Parameter<SecretName> {
        add(name, .secret, nil, nil, meaning) { value in
            value["secret"]?.string.map { SecretName($0) }
        }
    }

    /// The value that the flow gives `parameter`, for a component whose ports depend on it. No run may change
    /// it then.
    ///
    /// - Returns: `nil` while a component without a standard value is only described, or when the flow's value
    ///   does not fit, which the plan refuses.
    public mutating func fixed<Value: Sendable>(_ parameter: Parameter<Value>) -> Value? {
        parameters[parameter.index].isFixed = true
        let declaration = parameters[parameter.index]
        let given = given[declaration.name].flatMap { declaration.kind.fault(in: $0) == nil ? $0 : nil }
        return (given ?? declaration.standard).flatMap { declaration.read($0) as? Value }
    }

    private mutating func add<Value: Sendable>(
        _ name: String, _ kind: ParameterKind, _ standard: JSONValue?, _ unit: String?, _ meaning: String,
        read: @escaping @Sendable (JSONValue) -> Value?
    ) -> Parameter<Value> {
        precondition(
            standard.map { kind.fault(in: $0) == nil } ?? true,
            "the standard value of “\(name)” does not fit its own declaration")
        parameters.append(
            ParameterDeclaration(
                name: name, kind: kind, standard: standard, unit: unit, meaning: meaning, isFixed: false,
                read: { read($0) }))
        return Parameter(index: parameters.count - 1)
    }
}
