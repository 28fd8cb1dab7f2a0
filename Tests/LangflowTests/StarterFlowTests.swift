import Flow
import JSONValue
import Testing

@testable import Langflow

@Suite(.timeLimit(.minutes(1))) struct `Langflow's starter flows` {
    /// Those of the newest version that rest on a service which is not had.
    private static let missing: Set<String> = ["Meeting Summary"]

    @Test func `at least 24 of the newest run here`() throws {
        let flows = try StarterFlows.all("1.13.0")
        #expect(flows.count == 27)
        var running = 0
        for (name, export) in flows {
            let report = LangflowTranslation(export).report
            if report.canRun { running += 1 }
            #expect(report.canRun || Self.missing.contains(name), "\(name): \(report.obstacles)")
        }
        #expect(running >= 24)
    }

    @Test(arguments: [("0.0.99", 7), ("0.5.1", 29)])
    func `those of older versions run here too`(version: String, count: Int) throws {
        let flows = try StarterFlows.all(version)
        let running = flows.filter { LangflowTranslation($0.export).report.canRun }.map(\.name)
        #expect(running.count >= count, "\(running)")
    }

    @Test func `shipped code is known`() throws {
        for version in StarterFlows.versions {
            for (name, export) in try StarterFlows.all(version) {
                for node in LangflowTranslation(export).report.nodes where node.component != nil {
                    // Flows of an early version were saved by builds in between releases.
                    if version == "1.13.0" { #expect(node.code != .changed, "\(name): \(node.id)") }
                }
            }
        }
    }

    @Test(arguments: StarterFlows.versions)
    func `every prompt's variable has a value, and every edge its ports`(version: String) throws {
        for (name, export) in try StarterFlows.all(version) {
            let graph = LangflowTranslation(export).definition.graph
            check(graph, name)
            for node in graph.components where node.type == "PromptTemplate" {
                let origin = try #require(export.nodes.first { $0.id == node.id })
                let template = origin.fields["template"]?.value.string ?? ""
                #expect(node.parameters["template"] == .string(template))
                for variable in PromptVariables.names(in: template, isMustache: false) {
                    let edges = graph.edges.filter { $0.to == PortReference(node.id, variable) }
                    #expect(edges.count == 1, "\(name): \(node.id).\(variable)")
                }
            }
        }
    }

    /// What a plan would check of the ports, as far as the translation knows them.
    private func check(_ graph: FlowGraph, _ name: String) {
        for node in graph.components {
            guard let ports = ComponentPorts.known[node.type] else {
                Issue.record("\(name): \(node.type) is no component of ours")
                continue
            }
            #expect(Langflow.requiredComponentTypes.contains(node.type))
            let tools = graph.edges.contains { $0.from == PortReference(node.id, FlowGraph.toolPort) }
            for input in ports.inputs where input.presence == .required && !tools {
                let edges = graph.edges.filter { $0.to == PortReference(node.id, input.name) }
                #expect(edges.count == 1, "\(name): \(node.id).\(input.name)")
            }
            for edge in graph.edges where edge.to.component == node.id && node.type != "PromptTemplate" {
                let known = ports.inputs.map(\.name) + ports.toolInputs
                #expect(known.contains(edge.to.port), "\(name): \(edge.to)")
            }
            if case .graph(let body)? = node.bodies["each"] { check(body, name) }
        }
    }

    @Test func `a loop, its agents and its searches have the fields' values`() throws {
        let flows = try StarterFlows.all("1.13.0")
        let loop = try #require(flows.first { $0.name == "Research Translation Loop" })
        let graph = LangflowTranslation(loop.export).definition.graph
        let types = graph.components.map(\.type)
        #expect(Set(types) == ["ArXiv", "ChatOutput", "ChatInput", "Loop"])
        let agent = try #require(flows.first { $0.name == "Travel Planning Agents" })
        let tools = LangflowTranslation(agent.export).definition.graph.edges.filter {
            $0.from.port == FlowGraph.toolPort
        }
        #expect(tools.count >= 3)
    }
}
