import Foundation
import JSONValue

/// A generation request as the body of `POST /chat/completions`.
///
/// The templates of many open models take one system message, at the beginning, and roles that alternate; so
/// system messages become one, and neighbours of one role one message. The results of calls are messages of
/// their own.
struct OpenAIChatRequest {
    let body: Data

    /// - Throws: ``ModelsError/invalidRequest(reason:)``, as ``GenerationRequest/check()``.
    init(_ request: GenerationRequest, _ configuration: OpenAIGenerator.Configuration) throws(ModelsError) {
        try request.check()
        var fields: [String: JSONValue] = [
            "model": .string(configuration.model), "stream": true,
            "messages": .array(Self.messages(request, configuration)),
        ]
        if configuration.asksForUsage { fields["stream_options"] = ["include_usage": true] }
        if let maxTokens = request.maxTokens {
            fields[configuration.tokenLimitField.rawValue] = .integer(maxTokens)
        }
        if configuration.sendsTemperature, let temperature = request.temperature {
            fields["temperature"] = .number(temperature)
        }
        if !request.stopSequences.isEmpty {
            fields["stop"] = .array(request.stopSequences.map { .string($0) })
        }
        Self.addTools(request, to: &fields)
        if case .json(let name, let schema) = request.outputFormat {
            Self.addFormat(name, schema, configuration.structuredOutput, to: &fields)
        }
        fields.merge(configuration.fields) { _, given in given }
        do {
            body = Data(try JSONValue.object(fields).text().utf8)
        } catch {
            throw .invalidRequest(reason: "it holds a number that JSON cannot write")
        }
    }

    // MARK: Messages

    private static func messages(
        _ request: GenerationRequest, _ configuration: OpenAIGenerator.Configuration
    ) -> [JSONValue] {
        var system = request.messages.filter { $0.role == .system }.map(\.text)
        if request.grounding != nil { system.append(PassagePrompt.guardrail) }
        if configuration.structuredOutput == .jsonObject, case .json(_, let schema) = request.outputFormat {
            system.append(
                """
                Answer with one JSON object and nothing else. It keeps to this JSON Schema:
                \((try? schema.text()) ?? "{}")
                """)
        }
        system.removeAll(where: \.isEmpty)
        var messages: [JSONValue] =
            system.isEmpty ? [] : [["role": "system", "content": .string(system.joined(separator: "\n\n"))]]
        let turns = merged(request.messages.filter { $0.role != .system })
        for turn in merged(turns.flatMap(showingImages)) {
            switch turn.role {
            case .system: continue
            case .user: messages.append(["role": "user", "content": userContent(turn.parts)])
            case .assistant:
                if let message = assistant(turn.parts, configuration) { messages.append(message) }
            case .tool: messages += turn.parts.compactMap(toolResult)
            }
        }
        return messages
    }

    /// Neighbours of one role as one turn.
    private static func merged(_ messages: [Message]) -> [Message] {
        messages.reduce(into: []) { turns, message in
            if turns.last?.role == message.role {
                turns[turns.count - 1].parts += message.parts
            } else {
                turns.append(message)
            }
        }
    }

    /// A message of a tool is text alone: the images that calls returned begin a turn of the user behind their results.
    private static func showingImages(_ turn: Message) -> [Message] {
        let images = turn.parts.flatMap { part -> [Message.Part] in
            guard case .toolResult(let result) = part, !result.images.isEmpty else { return [] }
            return [.text("The images that the call \(result.callID) returned:")]
                + result.images.map { .image($0) }
        }
        return images.isEmpty ? [turn] : [turn, Message(.user, images)]
    }

    /// One text where there are only texts, for not every server takes a list.
    private static func userContent(_ parts: [Message.Part]) -> JSONValue {
        var texts: [String] = []
        var content: [JSONValue] = []
        for part in parts {
            switch part {
            case .text(let text): texts.append(text)
            case .grounding(let asked): texts.append(PassagePrompt(asked).text)
            case .image(let image):
                content += texts.map { ["type": "text", "text": .string($0)] }
                texts = []
                content.append(["type": "image_url", "image_url": ["url": .string(image.dataURL)]])
            // Other parts are refused in a message of the user.
            case .reasoning, .toolCall, .toolResult: continue
            }
        }
        guard !content.isEmpty else { return .string(texts.joined(separator: "\n\n")) }
        return .array(content + texts.map { ["type": "text", "text": .string($0)] })
    }

    /// - Returns: `nil` for a turn of thoughts alone that are not sent back.
    private static func assistant(
        _ parts: [Message.Part], _ configuration: OpenAIGenerator.Configuration
    ) -> JSONValue? {
        var texts: [String] = []
        var thoughts: [String] = []
        var calls: [JSONValue] = []
        for part in parts {
            switch part {
            case .text(let text): texts.append(text)
            case .reasoning(let thought): thoughts.append(thought.text)
            case .toolCall(let call): calls.append(self.call(call))
            // Other parts are refused in a message of the model.
            case .grounding, .image, .toolResult: continue
            }
        }
        if !configuration.returnsReasoning { thoughts = [] }
        guard !(texts.isEmpty && calls.isEmpty && thoughts.isEmpty) else { return nil }
        var message: [String: JSONValue] = ["role": "assistant"]
        message["content"] =
            texts.isEmpty && !calls.isEmpty ? .null : .string(texts.joined(separator: "\n\n"))
        if !calls.isEmpty { message["tool_calls"] = .array(calls) }
        if !thoughts.isEmpty { message["reasoning_content"] = .string(thoughts.joined(separator: "\n\n")) }
        return .object(message)
    }

    /// The templates of open models read the arguments as an object: others, which models write at times, are
    /// left out.
    private static func call(_ call: ToolCall) -> JSONValue {
        let arguments = call.arguments.object == nil ? nil : try? call.arguments.text()
        return [
            "id": .string(call.id), "type": "function",
            "function": ["name": .string(call.name), "arguments": .string(arguments ?? "{}")],
        ]
    }

    /// The interface has no field for a call that failed: the text says so.
    private static func toolResult(_ part: Message.Part) -> JSONValue? {
        guard case .toolResult(let result) = part else { return nil }
        let text =
            switch result.content {
            case .text(let text): text
            case .json(let value): (try? value.text()) ?? value.kind
            }
        return [
            "role": "tool", "tool_call_id": .string(result.callID),
            "content": .string(result.isError ? "The call failed: \(text)" : text),
        ]
    }

    // MARK: Tools and formats

    private static func addTools(_ request: GenerationRequest, to fields: inout [String: JSONValue]) {
        guard !request.tools.isEmpty else { return }
        fields["tools"] = .array(
            request.tools.map { tool($0.name, $0.description, $0.parameters, isStrict: $0.isStrict) })
        // Said only where it differs from the default, for the same reason as below.
        if !request.allowsSeveralCalls { fields["parallel_tool_calls"] = false }
        switch request.toolChoice {
        // The default; some servers refuse the field.
        case .automatic: break
        case .required: fields["tool_choice"] = "required"
        case .named(let name): fields["tool_choice"] = choice(of: name)
        }
    }

    private static func addFormat(
        _ name: String, _ schema: JSONValue, _ form: OpenAIGenerator.StructuredOutput,
        to fields: inout [String: JSONValue]
    ) {
        switch form {
        case .jsonSchema:
            fields["response_format"] = [
                "type": "json_schema",
                "json_schema": [
                    "name": .string(name), "schema": schema,
                    "strict": .bool(OpenAIStrictSchema.allows(schema)),
                ],
            ]
        case .jsonObject: fields["response_format"] = ["type": "json_object"]
        case .tool:
            fields["tools"] = [tool(name, "Takes the whole answer.", schema)]
            fields["tool_choice"] = choice(of: name)
        }
    }

    private static func tool(
        _ name: String, _ description: String, _ parameters: JSONValue, isStrict: Bool = false
    ) -> JSONValue {
        var function: [String: JSONValue] = [
            "name": .string(name), "description": .string(description), "parameters": parameters,
        ]
        if isStrict { function["strict"] = true }
        return ["type": "function", "function": .object(function)]
    }

    private static func choice(of name: String) -> JSONValue {
        ["type": "function", "function": ["name": .string(name)]]
    }
}

extension ImageContent {
    /// The image within a URL (RFC 2397), as it stands in a message.
    fileprivate var dataURL: String { "data:image/\(format.rawValue);base64,\(data.base64EncodedString())" }
}
