import Flow
import JSONValue
import Models

/// Asks a model for data of a form, checks what it gives, and lets it mend that once.
struct StructuredAnswer: Sendable {
    let session: ModelSession
    let schema: StructuredSchema
    var maxTokens: Int?

    /// Bytes of what the model wrote that it is shown again.
    private static let shownLimitBytes = 64 << 10

    /// - Throws: ``StructuredOutputError`` when the second attempt fits no better than the first,
    ///   ``LanguageModelError/withheld(component:model:_:)``, and what the model throws.
    func ask(_ conversation: Conversation) async throws -> Record {
        var conversation = conversation
        let first = try await attempt(conversation)
        guard let fault = first.fault else { return first.record }
        session.step.note("repairs", 1)
        if !first.text.trimmed.isEmpty {
            conversation.append(Message(.assistant, first.text.prefix(bytes: Self.shownLimitBytes)))
        }
        conversation.append(
            Message(
                .user,
                "That does not fit. \(fault.told) Write all of it again, mended, as JSON and nothing else."))
        let second = try await attempt(conversation)
        guard let fault = second.fault else { return second.record }
        throw fault.error(component: session.step.component, model: session.model.name)
    }

    private struct Attempt {
        var text: String
        var record = Record()
        var fault: Fault?
    }

    private enum Fault {
        case noJSON(String)
        case mismatch(JSONSchemaFault)

        var told: String {
            switch self {
            case .noJSON(let reason): "It is not JSON: \(reason)."
            case .mismatch(let fault): "\(fault)"
            }
        }

        func error(component: String, model: String) -> StructuredOutputError {
            switch self {
            case .noJSON(let reason): .noJSON(component: component, model: model, reason: reason)
            case .mismatch(let fault):
                .mismatch(
                    component: component, model: model, place: fault.place.description, reason: fault.reason)
            }
        }
    }

    private func attempt(_ conversation: Conversation) async throws -> Attempt {
        let answer = try await answer(conversation)
        let text = answer.text
        guard let value = Self.json(in: text) else {
            let reason =
                answer.stopReason == .maxTokens
                ? "it was cut at its limit of tokens"
                : text.trimmed.isEmpty ? "it is empty" : "it is other text"
            return Attempt(text: text, fault: .noJSON(reason))
        }
        let fault = schema.schema.fault(in: value)
        return Attempt(text: text, record: schema.record(of: value), fault: fault.map { .mismatch($0) })
    }

    /// A model that takes no schema is asked for JSON in words.
    private func answer(_ conversation: Conversation) async throws -> ModelAnswer {
        var request = GenerationRequest(
            messages: conversation.messages, outputFormat: .json(name: "answer", schema: schema.schema.json),
            maxTokens: maxTokens, temperature: 0)
        do {
            return try await session.wholeAnswer(request)
        } catch ModelsError.unsupportedRequest {
            request.outputFormat = .text
            let words = """
                Answer with one JSON object and nothing else. It keeps to this JSON Schema:
                \((try? schema.schema.json.text()) ?? "{}")
                """
            request.messages.insert(
                Message(.system, words), at: request.messages.prefix { $0.role == .system }.count)
            return try await session.wholeAnswer(request)
        }
    }

    /// The JSON of an answer, with or without words or a fence of Markdown around it.
    static func json(in text: String) -> JSONValue? {
        JSONInText.found(in: text)?.value
    }
}
