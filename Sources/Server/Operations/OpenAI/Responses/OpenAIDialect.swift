import Components
import JSONValue

/// Whose clients read a response: OpenAI's, or Langflow's, whose form it is with small differences.
enum OpenAIDialect: Sendable, Hashable {
    case openAI, langflow

    /// The type of the item that tells of a tool's call.
    ///
    /// OpenAI's `function_call` asks the client to make the call; one that the server has made itself is an
    /// `mcp_call`. Langflow writes `function_call` for its own.
    var callType: String {
        switch self {
        case .openAI: "mcp_call"
        case .langflow: "function_call"
        }
    }

    var argumentsEvent: String { "response.\(callType)_arguments" }
}

/// A tool's call within a run, as an item of a response.
struct CallItem: Sendable, Hashable {
    /// The component that makes it: calls of two agents may have the same id.
    var component: String
    /// The model's id of the call.
    var call: String
    var tool: String
    /// As JSON text.
    var arguments: String
    /// As text; of a call that came back.
    var output: String?
    /// Why none came back.
    var failure: String?
    var isOver: Bool { output != nil || failure != nil }

    func id(in dialect: OpenAIDialect) -> String {
        switch dialect {
        case .openAI: "mcp_\(component)_\(call)"
        case .langflow: "fc_\(component)_\(call)"
        }
    }

    func json(in dialect: OpenAIDialect) -> JSONValue {
        var members: [String: JSONValue] = [
            "id": .string(id(in: dialect)), "type": .string(dialect.callType), "name": .string(tool),
            "arguments": .string(arguments),
        ]
        switch dialect {
        case .openAI:
            members["server_label"] = "millrace"
            members["approval_request_id"] = .null
            members["status"] = .string(failure != nil ? "failed" : isOver ? "completed" : "in_progress")
            members["output"] = output.map { .string($0) } ?? .null
            members["error"] =
                failure.map { ["type": "mcp_tool_execution_error", "content": .string($0)] } ?? .null
        case .langflow:
            members["call_id"] = .string(call)
            members["status"] = .string(failure != nil ? "incomplete" : isOver ? "completed" : "in_progress")
        }
        return .object(members)
    }
}

/// A call of a tool of the client's, as an item of a response: the client carries it out.
struct FunctionCallItem: Sendable, Hashable {
    /// The item's own.
    var id: String
    var call: CallerCall

    /// - Parameter isBegun: before its arguments are told.
    func json(isBegun: Bool = false) -> JSONValue {
        [
            "id": .string(id), "type": "function_call", "call_id": .string(call.id),
            "name": .string(call.name), "arguments": .string(isBegun ? "" : call.argumentsText),
            "status": isBegun ? "in_progress" : "completed",
        ]
    }
}

extension JSONValue {
    /// Itself where it is a text, else as JSON.
    var plainText: String { string ?? (try? text()) ?? "" }
}
