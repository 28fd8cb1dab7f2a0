import JSONValue

extension OpenAIResponseEvents {
    /// Every event that a stream may hold.
    static func declarations(_ dialect: OpenAIDialect) -> [ResponseDeclaration.EventDeclaration] {
        let common: [String: JSONSchema] = ["type": .text, "sequence_number": .integer]
        func event(_ more: [String: JSONSchema]) -> JSONSchema {
            .object(required: common.merging(more) { first, _ in first })
        }
        let state = event(["response": OpenAIResponseDocument.schema])
        let item = event(["output_index": .integer, "item": .anyObject])
        let place: [String: JSONSchema] = ["item_id": .text, "output_index": .integer]
        func part(_ more: [String: JSONSchema]) -> JSONSchema {
            event(
                place.merging(more) { first, _ in first }.merging(["content_index": .integer]) { a, _ in a })
        }
        let logprobs = JSONSchema.list(of: .anyObject)
        var all: [ResponseDeclaration.EventDeclaration] = [
            "response.created", "response.in_progress", "response.completed", "response.incomplete",
            "response.failed",
        ].map { .init(name: $0, schema: state) }
        all += [
            .init(name: "response.output_item.added", schema: item),
            .init(name: "response.output_item.done", schema: item),
            .init(name: "response.content_part.added", schema: part(["part": .anyObject])),
            .init(name: "response.content_part.done", schema: part(["part": .anyObject])),
            .init(
                name: "response.output_text.delta", schema: part(["delta": .text, "logprobs": logprobs])),
            .init(
                name: "response.output_text.annotation.added",
                schema: part(["annotation_index": .integer, "annotation": .anyObject])),
            .init(name: "response.output_text.done", schema: part(["text": .text, "logprobs": logprobs])),
        ]
        let arguments: [String: JSONSchema] = ["arguments": .text, "name": .text]
        all += [
            .init(
                name: "\(dialect.argumentsEvent).delta",
                schema: event(place.merging(["delta": .text]) { first, _ in first })),
            .init(
                name: "\(dialect.argumentsEvent).done",
                schema: event(place.merging(arguments) { first, _ in first })),
        ]
        guard dialect == .openAI else { return all }
        all += [
            .init(
                name: "response.function_call_arguments.delta",
                schema: event(place.merging(["delta": .text]) { first, _ in first })),
            .init(
                name: "response.function_call_arguments.done",
                schema: event(place.merging(arguments) { first, _ in first })),
        ]
        all += ["in_progress", "completed", "failed"].map { name in
            .init(name: "response.mcp_call.\(name)", schema: event(place))
        }
        return all
    }
}
