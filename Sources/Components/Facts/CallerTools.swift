import JSONValue
import Models
import Synchronization

/// Tools of whoever begins a run: its models may call them, and the run does not carry them out. A call ends the answer
/// and goes back to the caller, who sends what it returned with the next run. A fact of a run's ``Flow/RunContext``.
public struct CallerTools: Sendable, Hashable {
    /// Whether they have to be called.
    public enum Choice: Sendable, Hashable {
        /// They are not offered.
        case none
        case automatic
        /// At least one, whichever.
        case required
        case named(String)
    }

    public var definitions: [ToolDefinition]
    public var choice: Choice
    /// Whether one answer may hold several calls of them.
    public var allowsSeveral: Bool
    /// Components that are offered them, by id.
    public var components: Set<String>
    /// What was called and came back since the person said what is to be answered, oldest first.
    public var turns: [CallerTurn]
    /// How many of ``turns`` the conversation holds already.
    public var keptCount: Int

    public init(
        _ definitions: [ToolDefinition] = [], choice: Choice = .automatic, allowsSeveral: Bool = true,
        components: Set<String> = [], turns: [CallerTurn] = [], keptCount: Int = 0
    ) {
        self.definitions = definitions
        self.choice = choice
        self.allowsSeveral = allowsSeveral
        self.components = components
        self.turns = turns
        self.keptCount = keptCount
    }
}

/// One call of a caller's tool.
public struct CallerCall: Sendable, Hashable {
    /// What the result names.
    public var id: String
    public var name: String
    /// An object.
    public var arguments: JSONValue

    public init(id: String, name: String, arguments: JSONValue) {
        self.id = id
        self.name = name
        self.arguments = arguments
    }

    public var argumentsText: String { (try? arguments.text()) ?? "{}" }
}

/// What happened between what the person said and the answer to it.
public enum CallerTurn: Sendable, Hashable {
    /// A model wrote `text`, which may be empty, and made the calls.
    case calls(text: String, [CallerCall])
    /// What came back of a call.
    case result(call: String, text: String)
}

extension CallerTurn {
    /// As a conversation keeps it, beside the text.
    public var details: [String: JSONValue] {
        switch self {
        case .calls(_, let calls):
            [
                "tool_calls": .array(
                    calls.map {
                        ["id": .string($0.id), "name": .string($0.name), "arguments": $0.arguments]
                    })
            ]
        case .result(let call, _): ["tool_call_id": .string(call)]
        }
    }

    /// As something that is said.
    public var message: ChatMessage {
        switch self {
        case .calls(let text, _): ChatMessage(text, role: .assistant)
        case .result(_, let text): ChatMessage(text, role: .tool, name: "Tool")
        }
    }

    /// What ``message`` and ``details`` wrote; `nil` for any other message.
    public init?(_ message: ChatMessage, details: JSONValue) {
        if let calls = details["tool_calls"]?.array {
            self = .calls(
                text: message.text,
                calls.compactMap { call in
                    guard let id = call["id"]?.string, let name = call["name"]?.string else { return nil }
                    return CallerCall(id: id, name: name, arguments: call["arguments"] ?? [:])
                })
        } else if message.role == .tool, let call = details["tool_call_id"]?.string {
            self = .result(call: call, text: message.text)
        } else {
            return nil
        }
    }
}

/// The calls of the caller's tools that a run's models make; a fact of its ``Flow/RunContext``.
public final class CallerCalls: Sendable {
    private struct State {
        var turns: [CallerTurn] = []
        var ids: Set<String>
    }

    private let freshID: @Sendable () -> String
    private let state: Mutex<State>

    /// - Parameter turns: those of before, whose ids no call may have again.
    public init(after turns: [CallerTurn], freshID: @escaping @Sendable () -> String) {
        self.freshID = freshID
        let ids = turns.flatMap { turn -> [String] in
            if case .calls(_, let calls) = turn { calls.map(\.id) } else { [] }
        }
        state = Mutex(State(ids: Set(ids)))
    }

    /// In the order in which they were made.
    public var turns: [CallerTurn] { state.withLock { $0.turns } }

    /// Keeps the calls of one answer. One without an id, or with one that another call has, is given its own: some
    /// providers number the calls of each answer anew.
    public func keep(_ calls: [CallerCall], saying text: String) {
        state.withLock { state in
            let calls = calls.map { call in
                var call = call
                if call.id.isEmpty || state.ids.contains(call.id) {
                    call.id = "call_" + freshID().replacing("-", with: "")
                }
                state.ids.insert(call.id)
                return call
            }
            state.turns.append(.calls(text: text, calls))
        }
    }
}

/// Why the caller's tools cannot be offered to a model.
public enum CallerToolFault: Error, Sendable, Hashable {
    /// The agent has a tool of that name itself.
    case nameTaken(name: String, component: String)
    /// With the agent's own.
    case tooMany(count: Int, limit: Int, component: String)
}

extension CallerToolFault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .nameTaken(let name, let component):
            """
            “\(name)” is the name of a tool that “\(component)” has itself, so that a call of it would be ambiguous. \
            Give the request's tool another name.
            """
        case .tooMany(let count, let limit, let component):
            """
            With those of the request “\(component)” has \(count) tools; a model is offered \(limit) at most. Send \
            fewer.
            """
        }
    }
}
