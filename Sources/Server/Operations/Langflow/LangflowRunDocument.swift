import Components
import Flow
import FlowService
import Foundation
import JSONValue

/// A finished run in the form in which Langflow answers.
struct LangflowRunDocument: ResponseDocument {
    let json: JSONValue

    static var schema: JSONSchema {
        let component = JSONSchema([
            "type": "object",
            "required": [
                "results", "artifacts", "outputs", "logs", "messages", "component_display_name",
                "component_id", "used_frozen_result",
            ],
        ]).named("LangflowComponentResult")
        return .object(required: [
            "session_id": .text,
            "outputs": .list(
                of: .object(required: [
                    "inputs": .object(required: ["input_value": .text]), "outputs": .list(of: component),
                ])),
        ]).named("LangflowRunResponse")
    }

    init(_ response: FlowResponse, _ request: LangflowRunRequest, at time: Date) {
        let messages = LangflowMessages(
            session: response.session, flow: response.flow.id, run: response.runID, time: time)
        json = [
            "session_id": .string(response.session),
            "outputs": [
                [
                    "inputs": ["input_value": .string(request.input)],
                    "outputs": .array(
                        request.wanted(response).map { Self.result($0, messages, response) }),
                ]
            ],
        ]
    }

    func encode(to encoder: any Encoder) throws { try json.encode(to: encoder) }

    private static func result(
        _ output: FlowOutput, _ messages: LangflowMessages, _ response: FlowResponse
    ) -> JSONValue {
        let message = output.message
        let id = "\(response.runID)-\(output.component)"
        return [
            "results": [
                "message": .object(
                    messages.whole(
                        message, id: id, component: output.component, title: output.title))
            ],
            "artifacts": [
                "message": .string(message.text),
                "sender": .string(LangflowMessages.sender(message.role)),
                "sender_name": .string(LangflowMessages.name(message)),
                "files": .array(message.files.map { .string($0) }), "type": "object",
            ],
            "outputs": ["message": ["message": .string(message.text), "type": "text"]],
            "logs": ["message": []],
            "messages": [messages.short(message, component: output.component)],
            "timedelta": nil, "duration": nil, "component_display_name": .string(output.title),
            "component_id": .string(output.component), "used_frozen_result": false,
            "token_usage": usage(response),
        ]
    }

    /// The tokens of the run's models, as their providers counted them; null where none counted.
    private static func usage(_ response: FlowResponse) -> JSONValue {
        let input = response.steps.reduce(0) { $0 + ($1.notes["input_tokens"] ?? 0) }
        let output = response.steps.reduce(0) { $0 + ($1.notes["output_tokens"] ?? 0) }
        guard input + output > 0 else { return nil }
        return [
            "input_tokens": .integer(Int(input)), "output_tokens": .integer(Int(output)),
            "total_tokens": .integer(Int(input + output)),
        ]
    }
}
