import Flow
import JSONValue

/// A piece of what a language model writes, told while it writes.
public struct TextEmission: Emission, Hashable {
    public static let emissionName = "text"
    public var text: String

    public init(_ text: String) {
        self.text = text
    }

    public var json: JSONValue { ["text": .string(text)] }
    public var byteCount: Int { text.utf8.count }
}

/// A message that stands, such as a chat output's.
public struct MessageEmission: Emission, Hashable {
    public static let emissionName = "message"
    public var message: ChatMessage

    public init(_ message: ChatMessage) {
        self.message = message
    }

    public var json: JSONValue { message.json }
    public var byteCount: Int { message.text.utf8.count + 64 }
}

/// A call of a tool by a model, and what came of it.
public struct ToolEmission: Emission, Hashable {
    public static let emissionName = "tool"
    public enum Phase: String, Sendable, Hashable {
        case called, returned, failed
    }

    public var phase: Phase
    /// The model's id of the call.
    public var call: String
    public var tool: String
    /// The arguments of a call, the value that came back, or the reason why none did.
    public var value: JSONValue

    public init(_ phase: Phase, call: String, tool: String, value: JSONValue) {
        self.phase = phase
        self.call = call
        self.tool = tool
        self.value = value
    }

    public var json: JSONValue {
        [
            "phase": .string(phase.rawValue), "call": .string(call), "tool": .string(tool),
            "value": value,
        ]
    }

    /// What ``json`` wrote; `nil` for anything else.
    public init?(json: JSONValue) {
        guard let phase = json["phase"]?.string.flatMap({ Phase(rawValue: $0) }),
            let call = json["call"]?.string, let tool = json["tool"]?.string
        else { return nil }
        self.init(phase, call: call, tool: tool, value: json["value"] ?? .null)
    }

    public var byteCount: Int { ((try? value.text())?.utf8.count ?? 0) + tool.utf8.count + 64 }
}
