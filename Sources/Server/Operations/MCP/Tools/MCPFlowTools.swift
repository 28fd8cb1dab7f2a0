import FlowService
import JSONValue
import Workspace

/// The tools that a caller's flows are: of each that is published, and that the caller may run.
struct MCPFlowTools: Sendable {
    let service: FlowService
    let runs: FlowRuns

    /// Tools at most; a model is given all of them with each request.
    static let limit = 64
    /// What clients of every kind take as a tool's name.
    private static let nameLimit = 64
    private static let prefix = "flow_"

    /// By the flows' names. A flow that cannot be read is left out.
    func tools(for caller: Caller) async throws -> [any MCPTool] {
        guard caller.has(.flows) else { return [] }
        let flows = try await service.store.flows(
            for: caller.owner, project: nil, after: nil, limit: WorkspaceLimits.page
        ).filter { $0.published != nil }.prefix(Self.limit)
        let names = Self.names(of: Array(flows))
        var tools: [any MCPTool] = []
        for (flow, name) in zip(flows, names) {
            guard
                let found = try? await service.flow(flow.id, .published, for: caller.owner)
            else { continue }
            tools.append(
                MCPFlowTool(flow, found.definition, name: name, service: service, runs: runs))
        }
        return tools
    }

    /// `flow_` and the flow's endpoint, else its name, in letters that a tool's name may have; flows that would have
    /// the same name have a part of their ids behind it.
    static func names(of flows: [StoredFlow]) -> [String] {
        let plain = flows.map { name($0.endpoint ?? $0.name) }
        var counts: [String: Int] = [:]
        for name in plain { counts[name, default: 0] += 1 }
        return zip(flows, plain).map { flow, name in
            guard counts[name, default: 0] > 1 || name == prefix else { return name }
            let mark = letters(flow.id).prefix(20)
            return name.prefix(nameLimit - 1 - mark.count) + "_" + mark
        }
    }

    private static func name(_ text: String) -> String { String((prefix + letters(text)).prefix(nameLimit)) }

    /// ASCII letters, digits and hyphens; one underscore for whatever stands between.
    private static func letters(_ text: String) -> String {
        text.lowercased().split { character in
            !(character.isASCII && (character.isLetter || character.isNumber || character == "-"))
        }.joined(separator: "_")
    }
}
