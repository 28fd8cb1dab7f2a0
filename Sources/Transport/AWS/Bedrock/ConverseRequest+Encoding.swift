import Foundation
import JSONValue

extension ConverseRequest {
    /// The body on the wire; equal requests give equal bytes.
    func encoded() throws(BedrockError) -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return try encoder.encode(try Wire(self))
        } catch {
            // JSON knows no infinite and no undefined numbers; nothing else in a request can fail.
            throw .transport(.invalidRequest(reason: "a number of the request is not finite"))
        }
    }

    private struct Wire: Encodable {
        struct SystemBlock: Encodable {
            var text: String?
            var cachePoint: ConverseCachePoint?
        }
        struct Turn: Encodable {
            var role: Message.Role
            var content: [ConverseContent]
        }
        struct Inference: Encodable {
            var maxTokens: Int?
            var stopSequences: [String]?
            var temperature: Double?
        }
        struct ToolConfiguration: Encodable {
            var tools: [ToolBlock]
            var toolChoice: [String: [String: String]]?
        }
        struct ToolBlock: Encodable {
            var toolSpec: ToolSpecification?
            var cachePoint: ConverseCachePoint?
        }
        struct ToolSpecification: Encodable {
            var name: String
            var description: String?
            var inputSchema: [String: JSONValue]
        }

        struct GuardrailConfiguration: Encodable {
            var guardrailIdentifier: String
            var guardrailVersion: String
            var trace = "enabled"
        }
        struct Output: Encodable {
            struct Format: Encodable {
                struct Structure: Encodable {
                    struct Schema: Encodable {
                        var name: String
                        var schema: String
                    }
                    var jsonSchema: Schema
                }
                var type = "json_schema"
                var structure: Structure
            }
            var textFormat: Format
        }

        var system: [SystemBlock]?
        var messages: [Turn]
        var inferenceConfig: Inference?
        var toolConfig: ToolConfiguration?
        var guardrailConfig: GuardrailConfiguration?
        var outputConfig: Output?
        var additionalModelRequestFields: JSONValue?

        init(_ request: ConverseRequest) throws {
            if !request.system.isEmpty {
                system = request.system.map { SystemBlock(text: $0) }
                if request.cachePoints.contains(.system) {
                    system?.append(SystemBlock(cachePoint: ConverseCachePoint()))
                }
            }
            messages = request.messages.map { Turn(role: $0.role, content: $0.content) }
            if request.maxTokens != nil || request.temperature != nil || !request.stopSequences.isEmpty {
                inferenceConfig = Inference(
                    maxTokens: request.maxTokens,
                    stopSequences: request.stopSequences.isEmpty ? nil : request.stopSequences,
                    temperature: request.temperature)
            }
            toolConfig = Self.tools(request)
            guardrailConfig = request.guardrail.map {
                GuardrailConfiguration(guardrailIdentifier: $0.identifier, guardrailVersion: $0.version)
            }
            outputConfig = try request.outputSchema.map { name, schema in
                Output(
                    textFormat: .init(
                        structure: .init(jsonSchema: .init(name: name, schema: try schema.text()))))
            }
            additionalModelRequestFields = request.modelFields
        }

        private static func tools(_ request: ConverseRequest) -> ToolConfiguration? {
            guard !request.tools.isEmpty else { return nil }
            var blocks = request.tools.map { tool in
                ToolBlock(
                    toolSpec: ToolSpecification(
                        name: tool.name, description: tool.description.isEmpty ? nil : tool.description,
                        inputSchema: ["json": tool.inputSchema]))
            }
            if request.cachePoints.contains(.tools) {
                blocks.append(ToolBlock(cachePoint: ConverseCachePoint()))
            }
            return ToolConfiguration(tools: blocks, toolChoice: request.toolChoice.map(wire))
        }

        private static func wire(_ choice: ToolChoice) -> [String: [String: String]] {
            switch choice {
            case .auto: ["auto": [:]]
            case .any: ["any": [:]]
            case .tool(let name): ["tool": ["name": name]]
            }
        }
    }
}
