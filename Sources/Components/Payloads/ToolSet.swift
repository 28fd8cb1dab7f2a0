import Flow
import JSONValue

/// Tools that are known only while a flow runs, such as those of an MCP server, for an agent to call.
public struct ToolSet: Payload {
    public static let payloadName = "tools"

    public struct Item: Sendable {
        /// Letters, digits, `_` and `-`, at most 64.
        public var name: String
        public var description: String
        /// A JSON Schema (2020-12) of the arguments: an object.
        public var inputSchema: JSONValue
        /// Throws what a model may be told.
        public var call: @Sendable (_ arguments: JSONValue) async throws -> JSONValue

        public init(
            name: String, description: String, inputSchema: JSONValue,
            call: @escaping @Sendable (JSONValue) async throws -> JSONValue
        ) {
            self.name = name
            self.description = description
            self.inputSchema = inputSchema
            self.call = call
        }
    }

    public var items: [Item]

    public init(_ items: [Item]) {
        self.items = items
    }
}
