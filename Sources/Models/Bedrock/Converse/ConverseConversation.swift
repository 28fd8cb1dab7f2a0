import JSONValue
import Transport

/// A generation request in Converse's terms.
///
/// Converse knows two roles that alternate, the user's turn first; the results of a turn's calls stand in the
/// one user turn that follows. So tool messages become user turns, and neighbours of one role one turn. An
/// answer of a given shape is asked for as the input of a tool that must be called, which every model of Bedrock
/// that knows tools can do, unless the configuration says that the model itself keeps to a schema.
struct ConverseConversation {
    let request: ConverseRequest

    /// - Throws: ``ModelsError/invalidRequest(reason:)``, as ``GenerationRequest/check()``.
    init(
        _ request: GenerationRequest, _ configuration: ConverseGenerator.Configuration
    ) throws(ModelsError) {
        try request.check()
        var system: [String] = []
        var turns: [ConverseRequest.Message] = []
        for message in request.messages {
            if message.role == .system {
                system.append(message.text)
                continue
            }
            let role: ConverseRequest.Message.Role = message.role == .assistant ? .assistant : .user
            let content = ConverseCalls.parts(of: message).flatMap {
                Self.content($0, isGuarded: configuration.guardrail != nil)
            }
            if turns.last?.role == role {
                turns[turns.count - 1].content += content
            } else {
                turns.append(.init(role: role, content: content))
            }
        }
        if request.grounding != nil { system.append(PassagePrompt.guardrail) }
        let (tools, choice) = Self.tools(request, knowsSchemas: configuration.knowsSchemas)
        var converse = ConverseRequest(
            system: system.filter { !$0.isEmpty }, messages: turns, tools: tools, toolChoice: choice,
            stopSequences: request.stopSequences, maxTokens: request.maxTokens,
            temperature: configuration.thinkingTokens == nil ? request.temperature : nil)
        if configuration.knowsSchemas, case .json(let name, let schema) = request.outputFormat {
            converse.outputSchema = (name, schema)
        }
        converse.guardrail = configuration.guardrail
        if configuration.cachesPrompt {
            converse.cachePoints = tools.isEmpty ? .system : [.system, .tools]
        }
        converse.modelFields = configuration.modelFields
        if let budget = configuration.thinkingTokens {
            Self.think(&converse, budget: budget)
        }
        self.request = converse
    }

    /// Thinking tokens count towards the answer's limit, and models that think take no temperature and cannot be
    /// made to call a certain tool.
    private static func think(_ converse: inout ConverseRequest, budget: Int) {
        var fields = converse.modelFields?.object ?? [:]
        fields["thinking"] = ["type": "enabled", "budget_tokens": .integer(budget)]
        converse.modelFields = .object(fields)
        converse.maxTokens = converse.maxTokens.map { $0 + budget }
        converse.toolChoice = nil
    }

    private static func content(_ part: Message.Part, isGuarded: Bool) -> [ConverseContent] {
        switch part {
        case .text(let text): [.text(text)]
        case .grounding(let asked):
            if isGuarded {
                [
                    .guarded(PassagePrompt(asked).passages, .groundingSource),
                    .guarded(PassagePrompt(asked).question, .query),
                ]
            } else {
                [.text(PassagePrompt(asked).text)]
            }
        case .image(let image): [.image(format: image.format.rawValue, image.data)]
        case .reasoning(let thought):
            [
                .reasoning(
                    ConverseReasoning(
                        text: thought.text, signature: thought.signature, redacted: thought.redacted))
            ]
        case .toolCall(let call):
            [
                .toolUse(
                    ConverseToolUse(
                        toolUseId: ConverseCalls.id(call.id), name: call.name, input: call.arguments))
            ]
        case .toolResult(let result): [.toolResult(self.result(result))]
        }
    }

    /// Converse takes objects only as JSON; other values go as their text.
    private static func result(_ result: ToolResult) -> ConverseToolResult {
        let content: ConverseToolResult.Content =
            switch result.content {
            case .text(let text): .text(text)
            case .json(let value) where value.object != nil: .json(value)
            case .json(let value): .text((try? value.text()) ?? value.kind)
            }
        let images = result.images.map {
            ConverseToolResult.Content.image(format: $0.format.rawValue, $0.data)
        }
        return ConverseToolResult(
            toolUseId: ConverseCalls.id(result.callID), content: [content] + images, isError: result.isError)
    }

    private static func tools(
        _ request: GenerationRequest, knowsSchemas: Bool
    ) -> (tools: [ConverseRequest.Tool], choice: ConverseRequest.ToolChoice?) {
        if !knowsSchemas, case .json(let name, let schema) = request.outputFormat {
            let tool = ConverseRequest.Tool(
                name: name, description: "Takes the whole answer.", inputSchema: schema)
            return ([tool], .tool(name: name))
        }
        let tools = request.tools.map { tool in
            ConverseRequest.Tool(
                name: tool.name, description: tool.description, inputSchema: tool.parameters)
        }
        if tools.isEmpty { return (ConverseCalls.tools(in: request.messages), nil) }
        switch request.toolChoice {
        // Bedrock's default; models without forced calls refuse the others.
        case .automatic: return (tools, nil)
        case .required: return (tools, .any)
        case .named(let name): return (tools, .tool(name: name))
        }
    }
}
