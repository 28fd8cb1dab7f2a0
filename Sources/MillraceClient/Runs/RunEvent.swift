import Foundation

/// One thing that a run tells.
public struct RunEvent: Sendable, Hashable {
    /// What it tells.
    public enum Kind: Sendable, Hashable {
        /// A component begins.
        case stepBegan(component: String, type: String)
        /// A component has ended.
        case stepEnded(RunStep)
        /// A piece of what a model writes; `isShown` where it goes straight to an output.
        case text(component: String, text: String, isShown: Bool)
        /// A message that stands.
        case message(component: String, ChatMessage)
        /// A tool was `called`, or has `returned` or `failed`, by `phase`.
        case tool(component: String, phase: String, call: String, tool: String, value: JSON)
        /// Whatever else a component tells, such as `passages`, and kinds of events that this version does not know.
        case other(name: String, component: String?, data: JSON)
        /// An asynchronous run begins anew: what was told before counts no longer.
        case restarted(attempt: Int)
        /// The last one, as are the next two.
        case finished(RunResult)
        case failed(RunFailure)
        case cancelled
    }

    /// Counted from 0 without gaps.
    public var position: Int
    /// What it tells.
    public var kind: Kind

    /// Whether none follows.
    public var isLast: Bool {
        switch kind {
        case .finished, .failed, .cancelled: true
        default: false
        }
    }
}

extension RunEvent {
    private struct Members: Decodable {
        struct Tool: Decodable {
            var phase: String
            var call: String?
            var tool: String?
            var value: JSON?
        }

        var position: Int
        var component: String?
        var type: String?
        var step: RunStep?
        var text: String?
        var shown: Bool?
        var message: ChatMessage?
        var tool: Tool?
        var name: String?
        var data: JSON?
        var attempt: Int?
        var result: RunResult?
        var failure: RunFailure?
    }

    private struct Position: Decodable {
        var position: Int
    }

    private static let known: Set<String> = [
        "step_began", "step_ended", "text", "message", "tool", "other", "restarted", "finished", "failed",
        "cancelled",
    ]

    /// - Throws: ``MillraceError``; of an event `error`, the problem that it tells.
    init(_ event: ServerSentEvent) throws {
        let data = Data(event.data.utf8)
        let place = "the event \(event.name)"
        guard event.name != "error" else {
            throw MillraceError.problem(try Wire.decode(Problem.self, from: data, of: place))
        }
        guard Self.known.contains(event.name) else {
            // Of a kind that is not known, nothing is taken for granted but its place.
            let whole = try Wire.decode(JSON.self, from: data, of: place)
            self.init(
                position: try Wire.decode(Position.self, from: data, of: place).position,
                kind: .other(name: event.name, component: whole["component"]?.string, data: whole))
            return
        }
        let members = try Wire.decode(Members.self, from: data, of: place)
        self.init(
            position: members.position, kind: try Self.kind(of: event.name, members, place: place))
    }

    private static func kind(of name: String, _ members: Members, place: String) throws -> Kind {
        func needed<Value>(_ value: Value?, _ field: String) throws -> Value {
            guard let value else {
                throw MillraceError.decoding(
                    DecodingFailure(place: place, field: field, reason: "is missing"))
            }
            return value
        }
        let component = members.component ?? ""
        switch name {
        case "step_began": return .stepBegan(component: component, type: members.type ?? "")
        case "step_ended": return .stepEnded(try needed(members.step, "step"))
        case "text":
            return .text(
                component: component, text: try needed(members.text, "text"),
                isShown: members.shown ?? false)
        case "message":
            return .message(component: component, try needed(members.message, "message"))
        case "tool":
            let tool = try needed(members.tool, "tool")
            return .tool(
                component: component, phase: tool.phase, call: tool.call ?? "", tool: tool.tool ?? "",
                value: tool.value ?? .null)
        case "restarted": return .restarted(attempt: members.attempt ?? 0)
        case "finished": return .finished(try needed(members.result, "result"))
        case "failed": return .failed(try needed(members.failure, "failure"))
        case "cancelled": return .cancelled
        default:
            return .other(
                name: members.name ?? name, component: members.component, data: members.data ?? .null)
        }
    }
}
