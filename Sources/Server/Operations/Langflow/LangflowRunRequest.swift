import Components
import Flow
import FlowService
import JSONValue
import Langflow

/// What a client of Langflow asks a run of a flow for.
struct LangflowRunRequest: Sendable {
    /// Which kinds of outputs are wanted.
    enum OutputType: String, CaseIterable {
        case chat, text, any, debug
    }

    var input: String
    var inputType: String
    var outputType: OutputType
    /// The id or name of the only output that is wanted.
    var outputComponent: String?
    var tweaks: [String: JSONValue]
    var session: String?

    static var schema: JSONSchema {
        JSONSchema([
            "type": "object",
            "properties": [
                "input_value": ["type": ["string", "null"]],
                "input_type": ["type": ["string", "null"], "enum": ["chat", "text", "any", nil]],
                "output_type": ["type": ["string", "null"], "enum": ["chat", "text", "any", "debug", nil]],
                "output_component": ["type": ["string", "null"]],
                "tweaks": ["type": ["object", "null"]], "session_id": ["type": ["string", "null"]],
                "user_id": ["type": ["string", "null"]],
            ],
        ]).named("LangflowRunRequest")
    }

    /// - Throws: ``RequestFault/invalidField(name:reason:)``.
    init(_ body: JSONValue) throws(RequestFault) {
        input = try body.text("input_value") ?? ""
        inputType = try body.choice("input_type", of: ["chat", "text", "any"]) ?? "chat"
        let types = OutputType.allCases.map(\.rawValue)
        outputType = try body.choice("output_type", of: types).flatMap { OutputType(rawValue: $0) } ?? .chat
        _ = try body.text("user_id")
        outputComponent = try body.text("output_component")
        session = try body.text("session_id")
        switch body["tweaks"] {
        case nil, .null?: tweaks = [:]
        case .object(let given)?: tweaks = given
        default: throw .invalidField(name: "tweaks", reason: "must be an object")
        }
    }

    /// The run that is meant.
    ///
    /// - Throws: ``RequestFault`` for a tweak of a component that the flow does not have.
    func request(for definition: FlowDefinition, as translated: LangflowTranslation?) throws -> FlowRequest {
        var request = FlowRequest(ChatMessage(input), session: session)
        try LangflowTweaks.apply(tweaks, to: &request, of: definition, as: translated)
        guard inputType != "chat" else { return request }
        // Langflow gives the value to chat inputs, to text inputs, or to both.
        for node in (request.adapted ?? definition).graph.components {
            if node.type == "ChatInput", inputType == "text" {
                // A value of its own keeps the person's words from an input that they are not for.
                let text = request.changes[node.id]?["text"] ?? node.parameters["text"]
                request.values[node.id] = text?.string ?? ""
            } else if node.type == "TextInput", !input.isEmpty, isOwn(node.id, translated) {
                request.values[node.id] = input
            }
        }
        return request
    }

    /// Whether a text input is one of the flow that was drawn, not what a field of some other node became.
    private func isOwn(_ id: String, _ translated: LangflowTranslation?) -> Bool {
        guard let translated else { return true }
        return translated.nodes(.textInput).contains { $0.component == id }
    }

    /// The outputs that are wanted of those that a run made.
    func wanted(_ response: FlowResponse) -> [FlowOutput] {
        if let outputComponent {
            return response.outputs.filter {
                $0.component == outputComponent || $0.title == outputComponent
                    || $0.component.split(separator: "-").first.map(String.init) == outputComponent
            }
        }
        switch outputType {
        case .chat:
            let chat = response.outputs.filter { $0.type == "ChatOutput" || $0.type == "Cite" }
            return chat.isEmpty ? response.outputs : chat
        case .text: return response.outputs.filter { $0.type == "TextOutput" }
        case .any, .debug: return response.outputs
        }
    }
}

extension JSONValue {
    /// One of a few words; `nil` when it is absent or null.
    ///
    /// - Throws: ``RequestFault/invalidField(name:reason:)`` for anything else.
    fileprivate func choice(_ key: String, of words: [String]) throws(RequestFault) -> String? {
        guard let value = self[key], value != .null else { return nil }
        guard let word = value.string, words.contains(word) else {
            throw .invalidField(name: key, reason: "must be one of \(words.joined(separator: ", "))")
        }
        return word
    }
}
