import Components
import Flow
import FlowService
import Foundation
import JSONValue

/// A finished run in the form in which Langflow answers.
struct LangflowRunDocument: ResponseDocument {
    /// JSON text, its members by the order of their bytes.
    let utf8: [UInt8]

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
        var writer = JSONWriter(capacity: 4_096)
        writer.object { document in
            document.list("outputs") { outputs in
                outputs.object { output in
                    output.object("inputs") { $0.member("input_value", request.input) }
                    output.list("outputs") { list in
                        for output in request.wanted(response) {
                            list.object { Self.write(output, messages, response, to: &$0) }
                        }
                    }
                }
            }
            document.member("session_id", response.session)
        }
        utf8 = writer.bytes
    }

    func encode(to encoder: any Encoder) throws {
        try JSONValue(parsing: Data(utf8)).encode(to: encoder)
    }

    private static func write(
        _ output: FlowOutput, _ messages: LangflowMessages, _ response: FlowResponse,
        to writer: inout JSONWriter
    ) {
        let message = output.message
        writer.object("artifacts") { artifacts in
            LangflowMessages.write(message.files, to: &artifacts)
            artifacts.member("message", message.text)
            artifacts.member("sender", LangflowMessages.sender(message.role))
            artifacts.member("sender_name", LangflowMessages.name(message))
            artifacts.member("type", "object")
        }
        writer.member("component_display_name", output.title)
        writer.member("component_id", output.component)
        writer.null("duration")
        writer.object("logs") { $0.emptyList("message") }
        writer.list("messages") { list in
            list.object { messages.writeShort(message, component: output.component, to: &$0) }
        }
        writer.object("outputs") { outputs in
            outputs.object("message") { made in
                made.member("message", message.text)
                made.member("type", "text")
            }
        }
        writer.object("results") { results in
            results.object("message") { whole in
                messages.write(
                    message, id: "\(response.runID)-\(output.component)", component: output.component,
                    title: output.title, to: &whole)
            }
        }
        writer.null("timedelta")
        writeUsage(of: response, to: &writer)
        writer.member("used_frozen_result", false)
    }

    /// The tokens of the run's models, as their providers counted them; null where none counted.
    private static func writeUsage(of response: FlowResponse, to writer: inout JSONWriter) {
        let input = response.steps.reduce(0) { $0 + ($1.notes["input_tokens"] ?? 0) }
        let output = response.steps.reduce(0) { $0 + ($1.notes["output_tokens"] ?? 0) }
        guard input + output > 0 else { return writer.null("token_usage") }
        writer.object("token_usage") { usage in
            usage.member("input_tokens", Int(input))
            usage.member("output_tokens", Int(output))
            usage.member("total_tokens", Int(input + output))
        }
    }
}
