import Foundation
import JSONValue

/// A tool of an MCP server as it describes itself.
struct MCPTool: Sendable, Hashable {
    /// Longest description that is passed on, in characters.
    static let descriptionLimit = 4_000
    /// Of a name that models may call.
    private static let nameLimit = 64

    var name: String
    var description: String
    /// A JSON Schema of the arguments: an object.
    var inputSchema: JSONValue

    /// - Returns: `nil` for what has no name.
    init?(_ json: JSONValue) {
        guard let name = json["name"]?.string, !name.isEmpty, name.utf8.count <= 256 else { return nil }
        self.name = name
        let description = json["description"]?.string ?? json["title"]?.string ?? ""
        self.description = String(description.prefix(Self.descriptionLimit))
        let schema = json["inputSchema"]
        inputSchema = schema?.object == nil ? ["type": "object"] : schema ?? ["type": "object"]
    }

    /// Names that models may call, one for each tool: other characters than letters, digits, `_` and `-` become `_`,
    /// and names that would be equal are numbered.
    static func callableNames(of tools: [MCPTool]) -> [String] {
        var taken = Set<String>()
        return tools.map { tool in
            let plain = String(decoding: tool.name.utf8.prefix(nameLimit).map(allowed), as: UTF8.self)
            var name = plain
            var number = 2
            while !taken.insert(name).inserted {
                let suffix = "_\(number)"
                name = plain.prefix(nameLimit - suffix.count) + suffix
                number += 1
            }
            return name
        }
    }

    private static func allowed(_ byte: UInt8) -> UInt8 {
        let isAllowed =
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
        return isAllowed ? byte : UInt8(ascii: "_")
    }
}
