import JSONValue

/// A generation request as the values of a template.
///
/// Many models take one text of instructions, at the beginning, and roles that alternate; so system messages
/// become one text, and neighbours of one role one turn.
struct SageMakerPrompt {
    let values: [RequestTemplate.Placeholder: JSONValue]

    /// - Parameters:
    ///   - placeholders: those of the template: with `{{system}}` the instructions stand apart.
    ///   - name: the generator's, for errors.
    /// - Throws: ``ModelsError/invalidRequest(reason:)``, as ``GenerationRequest/check()``, and
    ///   ``ModelsError/unsupportedRequest(generator:feature:)`` for tools, an answer of a given shape and
    ///   images.
    init(
        _ request: GenerationRequest, _ placeholders: Set<RequestTemplate.Placeholder>, isStream: Bool,
        name: String
    ) throws(ModelsError) {
        try request.check()
        if let feature = Self.unsupported(request) {
            throw .unsupportedRequest(generator: name, feature: feature)
        }
        let system = Self.system(request)
        let turns = Self.turns(request)
        let inner = placeholders.contains(.system) ? nil : system
        var values: [RequestTemplate.Placeholder: JSONValue] = [
            .messages: .array(Self.messages(turns, system: inner)),
            .prompt: .string(Self.prompt(turns, system: inner)), .stream: .bool(isStream),
        ]
        values[.system] = system.map { .string($0) }
        values[.maxTokens] = request.maxTokens.map { .integer($0) }
        values[.temperature] = request.temperature.map { .number($0) }
        values[.positiveTemperature] = request.temperature.flatMap { $0 > 0 ? .number($0) : nil }
        if !request.stopSequences.isEmpty {
            values[.stop] = .array(request.stopSequences.map { .string($0) })
        }
        self.values = values
    }

    private typealias Turn = (role: Message.Role, text: String)

    private static func unsupported(_ request: GenerationRequest) -> String? {
        if !request.tools.isEmpty { return "tools" }
        if request.outputFormat != .text { return "answers of a given shape" }
        for part in request.messages.flatMap(\.parts) {
            switch part {
            case .image: return "images"
            case .toolCall, .toolResult: return "tools"
            case .text, .grounding, .reasoning: continue
            }
        }
        return nil
    }

    private static func system(_ request: GenerationRequest) -> String? {
        var texts = request.messages.filter { $0.role == .system }.map(\.text)
        if request.grounding != nil { texts.append(PassagePrompt.guardrail) }
        texts.removeAll(where: \.isEmpty)
        return texts.isEmpty ? nil : texts.joined(separator: "\n\n")
    }

    private static func turns(_ request: GenerationRequest) -> [Turn] {
        var turns: [Turn] = []
        for message in request.messages where message.role != .system {
            let texts = message.parts.compactMap { part -> String? in
                switch part {
                case .text(let text): text
                case .grounding(let asked): PassagePrompt(asked).text
                // Thoughts do not go back to the model; the others are refused.
                case .reasoning, .image, .toolCall, .toolResult: nil
                }
            }
            guard !texts.isEmpty else { continue }
            let text = texts.joined(separator: "\n\n")
            if turns.last?.role == message.role {
                turns[turns.count - 1].text += "\n\n" + text
            } else {
                turns.append((message.role, text))
            }
        }
        return turns
    }

    private static func messages(_ turns: [Turn], system: String?) -> [JSONValue] {
        let spoken = turns.map { turn -> JSONValue in
            ["role": .string(turn.role.rawValue), "content": .string(turn.text)]
        }
        return (system.map { [["role": "system", "content": .string($0)]] } ?? []) + spoken
    }

    /// One turn stands alone; of several each says whose it is, and the model goes on as the next.
    private static func prompt(_ turns: [Turn], system: String?) -> String {
        var texts = system.map { [$0] } ?? []
        if turns.count == 1 {
            texts.append(turns[0].text)
        } else {
            texts +=
                turns.map { ($0.role == .assistant ? "Assistant: " : "User: ") + $0.text } + ["Assistant:"]
        }
        return texts.joined(separator: "\n\n")
    }
}
