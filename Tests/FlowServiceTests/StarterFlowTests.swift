import Components
import Concurrency
import Flow
import FlowService
import Foundation
import JSONValue
import Langflow
import Testing
import Workspace

@Suite(.timeLimit(.minutes(5))) struct `Langflow's starter flows, imported, kept and run` {
    /// What became of one of them.
    private enum Outcome: CustomStringConvertible {
        case ran([String])
        case notTranslated([String])
        case faults([FlowFault])
        case failed(String)

        var hasRun: Bool { if case .ran = self { true } else { false } }

        var description: String {
            switch self {
            case .ran(let texts): "said \(texts)"
            case .notTranslated(let obstacles): "has no counterpart here: \(obstacles)"
            case .faults(let faults): "cannot run: \(faults)"
            case .failed(let reason): "failed: \(reason)"
            }
        }
    }

    @Test func `come to an output in at least 24 of 27`() async throws {
        let world = try StarterWorld()
        let model = ToolCallingGenerator(texts: [
            "urls": world.page, "url": world.page, "expression": "6 * 7", "query": "SELECT * FROM sales",
        ])
        let fixture = try await ServiceFixture(
            generator: model, adding: { try world.add(to: &$0, $1) })
        let starters = try StarterFlows.all()
        #expect(starters.count == 27)
        var outcomes: [(name: String, outcome: Outcome)] = []
        for (name, data) in starters {
            let export = try LangflowExport.flows(in: data, file: name)[0]
            outcomes.append((name, try await run(export, in: fixture, world)))
        }
        let ran = outcomes.filter(\.outcome.hasRun)
        let others = outcomes.filter { !$0.outcome.hasRun }.map { "\($0.name) \($0.outcome)" }
        #expect(
            ran.count >= 24,
            "\(ran.count) of \(outcomes.count) ran; the others: \(others.joined(separator: "; "))")
        // Agents have called what they have.
        #expect(Set(model.calledTools).count >= 3, "\(Set(model.calledTools))")
    }

    @Test func `stream what they say, piece by piece`() async throws {
        let world = try StarterWorld()
        let fixture = try await ServiceFixture(
            generator: ToolCallingGenerator(texts: ["urls": world.page]),
            adding: { try world.add(to: &$0, $1) })
        let (name, data) = try #require(try StarterFlows.all().first { $0.name == "Simple Agent" })
        let translation = LangflowTranslation(try LangflowExport.flows(in: data, file: name)[0])
        let flow = try await fixture.keep(try translation.runnable(), for: "ada")
        let reading = try await fixture.service.events(
            .said("Which pages are there?"), of: flow.id, as: fixture.caller("ada"))
        var pieces = ""
        var tools = 0
        var last: FlowProgress?
        for try await event in reading.events {
            switch event.kind {
            case .text(_, let text, true): pieces += text
            case .tool: tools += 1
            default: break
            }
            last = event
        }
        #expect(pieces == "This is the answer.")
        #expect(tools >= 1)
        guard case .finished(let response)? = last?.kind else {
            Issue.record("it ended otherwise: \(String(describing: last))")
            return
        }
        #expect(response.outputs.map(\.message.text) == ["This is the answer."])
    }

    private func run(
        _ export: LangflowExport, in fixture: ServiceFixture, _ world: StarterWorld
    ) async throws -> Outcome {
        let translation = LangflowTranslation(export)
        guard translation.report.canRun else {
            return .notTranslated(translation.report.obstacles.map { "\($0)" })
        }
        let caller = fixture.caller("ada")
        let (flow, faults) = try await fixture.service.create(
            FlowDraft(try translation.runnable()), for: caller.owner)
        guard faults.isEmpty else { return .faults(faults) }
        let files = WorkspaceFiles(
            store: fixture.store, blobs: fixture.blobs, owner: caller.owner, flow: flow.id)
        try await files.write(
            Data("Sales went up by a half.".utf8), as: "report.txt", mediaType: "text/plain")
        do {
            let request = FlowRequest(
                ChatMessage("What is new about millraces?"),
                changes: changes(translation.definition.graph, world))
            let response = try await fixture.service.run(request, of: flow.id, as: caller)
            let texts = response.outputs.map(\.message.text)
            let isSaid = !texts.isEmpty && texts.allSatisfy { !$0.isEmpty }
            return isSaid ? .ran(texts) : .failed("its outputs are \(texts)")
        } catch {
            return .failed("\(error)")
        }
    }

    /// What somebody who imports a flow fills in: files that are there, and pages that are within reach.
    private func changes(_ graph: FlowGraph, _ world: StarterWorld) -> [String: [String: JSONValue]] {
        var changes: [String: [String: JSONValue]] = [:]
        // What tools are called with is the model's to say.
        let tools = Set(graph.edges.filter { $0.from.port == FlowGraph.toolPort }.map(\.from.component))
        for node in graph.components where !tools.contains(node.id) {
            switch node.type {
            case "ReadFile": changes[node.id] = ["names": ["report.txt"]]
            case "FetchURL" where node.parameters["urls"] != nil:
                changes[node.id] = ["urls": [.string(world.page)]]
            default: break
            }
        }
        return changes
    }
}
