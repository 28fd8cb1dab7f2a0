import Flow
import JSONValue

/// The ports that a flow gives a ``Repeat``, in the order of their names.
struct RepeatPorts: Sendable {
    static let limit = 200

    struct Port: Sendable {
        var name: String
        var payload: RepeatPayload
        /// What leads back; `nil` where the flow does not say.
        var by: String?
    }

    var given: [Port] = []
    var carried: [Port] = []
    var results: [Port] = []

    /// What is wrong with the lists; what is right of them stands all the same, so that edges find it.
    private(set) var fault: RepeatPortsError?

    init(given: JSONValue, carried: JSONValue, results: JSONValue) {
        var inputs: Set<String> = ["round"]
        self.carried = read(carried, "carried", &inputs)
        self.given = read(given, "given", &inputs)
        var outputs = Set(self.carried.map(\.name))
        self.results = read(results, "results", &outputs)
    }

    private mutating func read(_ list: JSONValue, _ parameter: String, _ taken: inout Set<String>) -> [Port] {
        guard let members = list.object else {
            note(.noObject(parameter: parameter, kind: list.kind))
            return []
        }
        if members.count > Self.limit { note(.tooMany(parameter: parameter, limit: Self.limit)) }
        return members.sorted { $0.key < $1.key }.prefix(Self.limit).compactMap { name, value -> Port? in
            let payload = value.string ?? value["payload"]?.string
            guard let payload = payload.flatMap({ RepeatPayload(rawValue: $0) }) else {
                note(.unknownPayload(parameter: parameter, port: name))
                return nil
            }
            guard taken.insert(name).inserted else {
                note(.nameTwice(name))
                return nil
            }
            return Port(name: name, payload: payload, by: value["by"]?.string)
        }
    }

    private mutating func note(_ fault: RepeatPortsError) { self.fault = self.fault ?? fault }
}

/// Why the ports of a ``Repeat`` cannot be.
enum RepeatPortsError: Error, Hashable {
    case noObject(parameter: String, kind: String)
    case tooMany(parameter: String, limit: Int)
    case unknownPayload(parameter: String, port: String)
    case nameTwice(String)
}

extension RepeatPortsError: CustomStringConvertible {
    var description: String {
        switch self {
        case .noObject(let parameter, let kind):
            "`\(parameter)` must be an object of names and payloads; it is a \(kind)."
        case .tooMany(let parameter, let limit): "`\(parameter)` has more than \(limit) ports."
        case .unknownPayload(let parameter, let port):
            """
            `\(parameter)` does not say what “\(port)” carries. There are \
            \(RepeatPayload.allCases.map(\.rawValue).joined(separator: ", ")).
            """
        case .nameTwice(let name):
            "two of its ports are called “\(name)”; names must differ, and none is “round”."
        }
    }
}

/// What may travel into a round and out of it.
enum RepeatPayload: String, Sendable, CaseIterable {
    case message, text, data, table, json
    case messages = "list of message"

    func given(_ name: String, of body: Body, _ declare: inout Declaration) -> GivenPort {
        switch self {
        case .message: GivenPort(ChatMessage.self, name, of: body, &declare)
        case .text: GivenPort(String.self, name, of: body, &declare)
        case .data: GivenPort(Record.self, name, of: body, &declare)
        case .table: GivenPort(Table.self, name, of: body, &declare)
        case .json: GivenPort(JSONValue.self, name, of: body, &declare)
        case .messages: GivenPort([ChatMessage].self, name, of: body, &declare)
        }
    }

    func carried(
        _ name: String, by: String?, of body: Body, _ declare: inout Declaration
    ) -> CarriedPort {
        switch self {
        case .message: CarriedPort(ChatMessage.self, name, by: by, of: body, &declare)
        case .text: CarriedPort(String.self, name, by: by, of: body, &declare)
        case .data: CarriedPort(Record.self, name, by: by, of: body, &declare)
        case .table: CarriedPort(Table.self, name, by: by, of: body, &declare)
        case .json: CarriedPort(JSONValue.self, name, by: by, of: body, &declare)
        case .messages: CarriedPort([ChatMessage].self, name, by: by, of: body, &declare)
        }
    }

    func result(_ name: String, of body: Body, _ declare: inout Declaration) -> ResultPort {
        switch self {
        case .message: ResultPort(ChatMessage.self, name, of: body, &declare)
        case .text: ResultPort(String.self, name, of: body, &declare)
        case .data: ResultPort(Record.self, name, of: body, &declare)
        case .table: ResultPort(Table.self, name, of: body, &declare)
        case .json: ResultPort(JSONValue.self, name, of: body, &declare)
        case .messages: ResultPort([ChatMessage].self, name, of: body, &declare)
        }
    }
}

/// A value that each round is given.
struct GivenPort: Sendable {
    let put: @Sendable (Step, inout Step.BodyValues) -> Void

    init<Value: Payload>(
        _ type: Value.Type, _ name: String, of body: Body, _ declare: inout Declaration
    ) {
        let outer = declare.optionalInput(name, "Given to every round.", as: type)
        let inner = declare.optionalInput(of: body, name, "The component's input.", as: type)
        put = { step, values in
            if let value = step[outer] { values.set(value, for: inner) }
        }
    }
}

/// A value that each round is given by the one before.
struct CarriedPort: Sendable {
    /// The component that makes it.
    let by: String?
    let first: @Sendable (Step) -> (any Payload)?
    let put: @Sendable (any Payload, inout Step.BodyValues) -> Void
    let back: @Sendable (Step.BodyResult) -> (any Payload)?

    init<Value: Payload>(
        _ type: Value.Type, _ name: String, by: String?, of body: Body, _ declare: inout Declaration
    ) {
        self.by = by
        let outer = declare.optionalInput(name, "Given to the first round.", as: type)
        let inner = declare.optionalInput(of: body, name, "What the round before made.", as: type)
        let made = declare.output(of: body, name, "What the next round is given, if it is made.", as: type)
        first = { step in step[outer] }
        put = { value, values in
            if let value = value as? Value { values.set(value, for: inner) }
        }
        back = { result in result[made] }
    }
}

/// A value that leads out of the rounds.
struct ResultPort: Sendable {
    let send: @Sendable (Step.BodyResult, Step) -> Void

    init<Value: Payload>(
        _ type: Value.Type, _ name: String, of body: Body, _ declare: inout Declaration
    ) {
        let made = declare.output(of: body, name, "What leads out.", as: type)
        let outer = declare.branch(name, "What the last round that made it made.", as: type)
        send = { result, step in
            if let value = result[made] { step.send(value, to: outer) }
        }
    }
}
