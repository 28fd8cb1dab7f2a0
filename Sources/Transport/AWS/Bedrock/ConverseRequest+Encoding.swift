import Foundation
import JSONValue

extension ConverseRequest {
    /// The body on the wire; equal requests give equal bytes.
    func encoded() throws(BedrockError) -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return try encoder.encode(Wire(self))
        } catch {
            // JSON knows no infinite and no undefined numbers; nothing else in a request can fail.
            throw .transport(.invalidRequest(reason: "a number of the request is not finite"))
        }
    }

    private struct Wire: Encodable {
        struct Text: Encodable {
            var text: String
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
            var tools: [[String: ToolSpecification]]
            var toolChoice: [String: [String: String]]?
        }
        struct ToolSpecification: Encodable {
            var name: String
            var description: String
            var inputSchema: [String: JSONValue]
        }

        var system: [Text]?
        var messages: [Turn]
        var inferenceConfig: Inference?
        var toolConfig: ToolConfiguration?

        init(_ request: ConverseRequest) {
            system = request.system.isEmpty ? nil : request.system.map(Text.init)
            messages = request.messages.map { Turn(role: $0.role, content: $0.content) }
            if request.maxTokens != nil || request.temperature != nil || !request.stopSequences.isEmpty {
                inferenceConfig = Inference(
                    maxTokens: request.maxTokens,
                    stopSequences: request.stopSequences.isEmpty ? nil : request.stopSequences,
                    temperature: request.temperature)
            }
            if !request.tools.isEmpty {
                toolConfig = ToolConfiguration(
                    tools: request.tools.map { tool in
                        let schema = ["json": tool.inputSchema]
                        return [
                            "toolSpec": ToolSpecification(
                                name: tool.name, description: tool.description, inputSchema: schema)
                        ]
                    }, toolChoice: request.toolChoice.map(Self.wire))
            }
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

extension ConverseContent: Encodable {
    private enum Keys: String, CodingKey {
        case text, toolUse, toolResult
    }

    public func encode(to encoder: any Encoder) throws {
        var block = encoder.container(keyedBy: Keys.self)
        switch self {
        case .text(let text): try block.encode(text, forKey: .text)
        case .toolUse(let use): try block.encode(use, forKey: .toolUse)
        case .toolResult(let result): try block.encode(result, forKey: .toolResult)
        }
    }
}

extension ConverseToolResult: Encodable {
    private enum Keys: String, CodingKey {
        case toolUseId, content, status
    }

    public func encode(to encoder: any Encoder) throws {
        var result = encoder.container(keyedBy: Keys.self)
        try result.encode(toolUseId, forKey: .toolUseId)
        try result.encode(
            content.map { content -> [String: JSONValue] in
                switch content {
                case .text(let text): ["text": .string(text)]
                case .json(let value): ["json": value]
                }
            }, forKey: .content)
        try result.encode(isError ? "error" : "success", forKey: .status)
    }
}
