import JSONValue

/// What went into a step and what came out of it, shortened: for whoever writes a flow and wants to see it work.
public struct StepValues: Sendable, Hashable {
    public struct Value: Sendable, Hashable {
        /// The payload's name.
        public var type: String
        /// The value, or its beginning as text; `null` for one that cannot be shown.
        public var preview: JSONValue
        /// Bytes of its JSON; 0 for one that cannot be shown.
        public var byteCount: Int
        public var isCut: Bool
    }

    /// By port; of several edges into one port the first values.
    public var inputs: [String: [Value]] = [:]
    public var outputs: [String: Value] = [:]

    /// Bytes of a value that are shown.
    public static let limit = 4_096
    private static let edgeLimit = 8

    /// Bytes that it holds, roughly.
    var byteCount: Int {
        inputs.values.flatMap { $0 }.reduce(0) { $0 + 64 + min($1.byteCount, Self.limit) }
            + outputs.values.reduce(0) { $0 + 64 + min($1.byteCount, Self.limit) }
    }
}

/// A payload that JSON does not stand for, and of which something can be shown all the same.
public protocol PreviewedPayload: Payload {
    var preview: JSONValue { get }
}

extension StepValues {
    init(_ step: Step) {
        let node = step.node
        for (index, port) in node.inputs.enumerated() {
            let single = node.wiring.inputSlots[index]
            let slots = single >= 0 ? [single] : node.wiring.inputLists[index]
            let values = slots.prefix(Self.edgeLimit).compactMap { step.frame.slots[Int($0)] }
            if !values.isEmpty { inputs[port.name] = values.map { Value($0) } }
        }
        for (index, port) in node.outputs.enumerated() {
            if let value = step.frame.slots[node.outputBase + index] { outputs[port.name] = Value(value) }
        }
    }
}

extension StepValues.Value {
    init(_ payload: any Payload) {
        type = Swift.type(of: payload).payloadName
        let json: JSONValue? =
            switch payload {
            case let payload as any JSONPayload: payload.json
            case let payload as any PreviewedPayload: payload.preview
            default: nil
            }
        guard let json, let text = try? json.text() else {
            (preview, byteCount, isCut) = (.null, 0, false)
            return
        }
        byteCount = text.utf8.count
        isCut = byteCount > StepValues.limit
        guard isCut else {
            preview = json
            return
        }
        // A text stays one; of anything else the beginning of its JSON is shown.
        let whole = json.string ?? text
        var beginning = String(decoding: whole.utf8.prefix(StepValues.limit), as: UTF8.self)
        if beginning.last == "\u{FFFD}" { beginning.removeLast() }
        preview = .string(beginning)
    }
}

extension StepValues {
    public var json: JSONValue {
        [
            "inputs": .object(inputs.mapValues { .array($0.map(\.json)) }),
            "outputs": .object(outputs.mapValues(\.json)),
        ]
    }

    /// What ``json`` wrote.
    public init(json: JSONValue) {
        inputs = (json["inputs"]?.object ?? [:]).mapValues { ($0.array ?? []).compactMap { Value(json: $0) } }
        outputs = (json["outputs"]?.object ?? [:]).compactMapValues { Value(json: $0) }
    }
}

extension StepValues.Value {
    fileprivate var json: JSONValue {
        [
            "type": .string(type), "preview": preview, "bytes": .integer(byteCount), "cut": .bool(isCut),
        ]
    }

    fileprivate init?(json: JSONValue) {
        guard let type = json["type"]?.string else { return nil }
        self.type = type
        preview = json["preview"] ?? .null
        byteCount = json["bytes"]?.integer ?? 0
        isCut = json["cut"]?.bool ?? false
    }
}
