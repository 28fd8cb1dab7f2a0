import Flow
import JSONValue

/// Tools of an MCP server that the settings name: all of them for an agent, or one that is called.
///
/// A flow names a server and never an address; a server is reached over HTTP and never started.
struct MCPTools: Component {
    static let type = "MCPTools"
    static let summary = "Gives an agent the tools of an MCP server, or calls one of them."

    let servers: MCPServers
    let server: Parameter<String>
    let tool: Parameter<String>
    let only: Parameter<[String]>
    let constants: Parameter<JSONValue>
    let call: (arguments: OptionalInput<JSONValue>, result: Output<JSONValue>)?
    let tools: Output<ToolSet>?

    init(_ declare: inout Declaration, servers: MCPServers) {
        self.servers = servers
        server = declare.text("server", nil, maxBytes: 200, "The name of a server of the settings.")
        tool = declare.text(
            "tool", "", maxBytes: 256,
            "A tool that each run calls, with the output “result” in place of “tools”."
        )
        only = declare.texts(
            "only", [], maxCount: 500, maxBytes: 256,
            "Names of the tools that an agent is given; all when empty.")
        constants = declare.json("values", [:], "Arguments of “tool” that are always the same: an object.")
        if let name = declare.fixed(tool), !name.isEmpty {
            call = (
                declare.optionalInput("arguments", "Arguments of the tool: an object."),
                declare.output("result", "What the tool gave: a text, or its structured content.")
            )
            tools = nil
        } else {
            call = nil
            tools = declare.output("tools", "The tools, for an agent to call.")
        }
    }

    func run(_ step: Step) async throws {
        let connection = MCPConnection(try servers.server(named: step[server]))
        if let call {
            let constants = step[constants]
            let given = step[call.arguments] ?? [:]
            guard var arguments = constants.object, let changes = given.object else {
                let kind = constants.object == nil ? constants.kind : given.kind
                throw MCPError.wrongArguments(tool: step[tool], kind: kind)
            }
            arguments.merge(changes) { _, given in given }
            step.send(try await connection.call(step[tool], .object(arguments)), to: call.result)
        }
        if let tools {
            let wanted = Set(step[only])
            let found = try await connection.tools().filter { wanted.isEmpty || wanted.contains($0.name) }
            step.note("tools", Double(found.count))
            step.send(ToolSet(Self.items(found, connection)), to: tools)
        }
    }

    private static func items(_ tools: [MCPTool], _ connection: MCPConnection) -> [ToolSet.Item] {
        zip(tools, MCPTool.callableNames(of: tools)).map { tool, name in
            ToolSet.Item(name: name, description: tool.description, inputSchema: tool.inputSchema) {
                arguments in
                try await connection.call(tool.name, arguments)
            }
        }
    }
}
