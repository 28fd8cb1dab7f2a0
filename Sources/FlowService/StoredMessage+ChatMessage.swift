import Components
import Foundation
import JSONValue
import Workspace

extension StoredMessage {
    /// A message of a run, as the conversation keeps it.
    ///
    /// - Parameter turn: the calls, or the result, that the message is of.
    public init(
        _ message: ChatMessage, key: ConversationKey, id: String, component: String?, runID: String?,
        at time: Date, turn: CallerTurn? = nil
    ) {
        var details = turn?.details ?? [:]
        if !message.files.isEmpty { details["files"] = .array(message.files.map { .string($0) }) }
        if !message.citations.isEmpty { details["citations"] = .array(message.citations.map(\.json)) }
        if let component { details["component"] = .string(component) }
        if let runID { details["run"] = .string(runID) }
        let name = message.name.isEmpty ? (message.role == .user ? "User" : "AI") : message.name
        self.init(
            id: id, key: key, role: message.role.rawValue, sender: name, text: message.text,
            details: Data(((try? JSONValue.object(details).text()) ?? "{}").utf8), sentAt: time)
    }

    /// Its details, as they were written.
    public var detailsJSON: JSONValue { (try? JSONValue(parsing: details)) ?? [:] }

    /// The calls of the caller's tools, or what came back of one, that the message is of; `nil` for any other.
    public var callerTurn: CallerTurn? {
        let details = detailsJSON
        guard role == "tool" || details["tool_calls"] != nil else { return nil }
        return CallerTurn(ChatMessage(self), details: details)
    }
}

extension ChatMessage {
    /// A message as a conversation keeps it.
    public init(_ stored: StoredMessage) {
        let details = stored.detailsJSON
        self.init(
            stored.text, role: Role(rawValue: stored.role) ?? .user, name: stored.sender,
            files: details["files"]?.array?.compactMap(\.string) ?? [],
            citations: details["citations"]?.array?.compactMap { Citation(json: $0) } ?? [])
    }
}
