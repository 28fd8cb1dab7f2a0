import Components
import Flow
import JSONValue

/// Which version of a flow is run.
public enum FlowVersionChoice: Sendable, Hashable {
    /// The published one, or the newest where none is.
    case published
    /// The newest one, published or not.
    case latest
    case number(Int)
}

/// What a flow is run with.
public struct FlowRequest: Sendable, Hashable {
    /// What the person says.
    public var message: ChatMessage
    /// Values for single inputs, by their components' ids.
    public var values: [String: String]
    /// Names the conversation; `nil` for the flow's own one, which all runs without a name share.
    public var session: String?
    /// Parameters of this run that differ from the flow's, by component id.
    public var changes: [String: [String: JSONValue]]
    public var webhook: JSONValue?
    public var version: FlowVersionChoice
    /// What was said before, oldest first, by the word of the caller: behind what the conversation holds.
    public var history: [ChatMessage]
    /// Whether the run belongs to a conversation that is kept: `false` for a caller who sends all that was said,
    /// whose run neither reads nor leaves anything.
    public var isKept: Bool
    /// Whether the caller wants to see what went into each step and came out of it; only whoever keeps the flow does.
    public var showsValues = false
    /// The flow with more of it changed than parameters, such as the text of a prompt; made from the flow that is
    /// run, never taken from a caller. A stored run does not keep it.
    public var adapted: FlowDefinition?
    /// Tools of the caller's for the flow's models, and what came of their calls so far. A stored run does not keep them:
    /// nobody would be there to carry them out.
    public var callerTools: CallerTools?
    /// The message of the conversation that is answered still, by its id: ``message`` says the same, and what follows it
    /// there stands in ``callerTools``. `nil` for a message that is new.
    public var continued: String?

    public init(
        _ message: ChatMessage = ChatMessage(""), values: [String: String] = [:], session: String? = nil,
        changes: [String: [String: JSONValue]] = [:], webhook: JSONValue? = nil,
        version: FlowVersionChoice = .published, history: [ChatMessage] = [], isKept: Bool = true
    ) {
        self.message = message
        self.values = values
        self.session = session
        self.changes = changes
        self.webhook = webhook
        self.version = version
        self.history = history
        self.isKept = isKept
    }

    /// Bytes of UTF-8 that a session's name may have.
    public static let sessionLimit = 256
    /// Bytes of UTF-8 that a message may have.
    public static let messageLimit = 1 << 20
    /// Messages of ``history`` that are worth giving: no component reads more.
    public static let historyLimit = 1_000

    /// - Throws: ``FlowServiceError/invalidSession(_:)`` or ``FlowServiceError/messageTooLong(bytes:limit:)``.
    func check() throws(FlowServiceError) {
        if let session {
            let isNamed = !session.isEmpty && session.utf8.count <= Self.sessionLimit
            let hasControls = session.unicodeScalars.contains { $0.properties.generalCategory == .control }
            guard isNamed, !hasControls else { throw .invalidSession(String(session.prefix(80))) }
        }
        let bytes = message.text.utf8.count
        guard bytes <= Self.messageLimit else {
            throw .messageTooLong(bytes: bytes, limit: Self.messageLimit)
        }
    }
}

extension FlowRequest {
    /// As a stored run keeps it.
    public var json: JSONValue {
        var members: [String: JSONValue] = ["message": message.json]
        if !values.isEmpty { members["values"] = .object(values.mapValues { .string($0) }) }
        if let session { members["session"] = .string(session) }
        if !changes.isEmpty { members["changes"] = .object(changes.mapValues { .object($0) }) }
        if let webhook { members["webhook"] = webhook }
        if !history.isEmpty { members["history"] = .array(history.map(\.json)) }
        if !isKept { members["kept"] = false }
        if showsValues { members["values_shown"] = true }
        switch version {
        case .published: break
        case .latest: members["version"] = "latest"
        case .number(let number): members["version"] = .integer(number)
        }
        return .object(members)
    }

    /// What ``json`` wrote.
    ///
    /// - Throws: when it is something else.
    public init(json: JSONValue) throws {
        self.init(
            try ChatMessage(json: json["message"] ?? .string("")),
            values: json["values"]?.object?.compactMapValues(\.string) ?? [:],
            session: json["session"]?.string,
            changes: json["changes"]?.object?.compactMapValues(\.object) ?? [:],
            webhook: json["webhook"],
            version: json["version"]?.integer.map { .number($0) }
                ?? (json["version"]?.string == "latest" ? .latest : .published),
            history: try (json["history"]?.array ?? []).map { try ChatMessage(json: $0) },
            isKept: json["kept"]?.bool ?? true)
        showsValues = json["values_shown"]?.bool ?? false
    }
}
