import Foundation
import JSONValue

/// What a tool of an MCP server gave.
struct MCPToolResult: Sendable {
    /// Longest text of a tool's own failure that is passed on, in characters.
    private static let failureLimit = 4_000

    private let content: [JSONValue]
    private let structured: JSONValue?
    private let isError: Bool

    init(_ json: JSONValue) {
        content = json["content"]?.array ?? []
        let given = json["structuredContent"]
        structured = given == .null ? Optional.none : given
        isError = json["isError"]?.bool ?? false
    }

    /// The structured content where there is some; a text, where all of the content is text; otherwise a list of what
    /// there is, in which images and sounds stand by their type and size alone.
    ///
    /// - Throws: ``MCPError/toolFailed(tool:text:)``.
    func value(of tool: String) throws(MCPError) -> JSONValue {
        let texts = content.compactMap(Self.text)
        let text = texts.joined(separator: "\n")
        if isError {
            let reason = text.isEmpty ? "it gave no reason" : String(text.prefix(Self.failureLimit))
            throw .toolFailed(tool: tool, text: reason)
        }
        if let structured { return structured }
        return texts.count == content.count ? .string(text) : .array(content.map(Self.shown))
    }

    private static func text(_ block: JSONValue) -> String? {
        switch block["type"]?.string {
        case "text": block["text"]?.string
        case "resource": block["resource"]?["text"]?.string
        default: nil
        }
    }

    private static func shown(_ block: JSONValue) -> JSONValue {
        if let text = text(block) { return ["type": "text", "text": .string(text)] }
        let source = block["resource"] ?? block
        var shown: [String: JSONValue] = ["type": block["type"] ?? "unknown"]
        for name in ["uri", "name", "description", "mimeType"] { shown[name] = source[name] }
        if let encoded = (source["data"] ?? source["blob"])?.string {
            shown["bytes"] = .integer(encoded.utf8.count / 4 * 3)
        }
        return .object(shown)
    }
}
