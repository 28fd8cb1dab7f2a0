import ArgumentParser
import Flow
import FlowService
import Foundation

struct FlowsCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Says everything that keeps a flow from running.",
        discussion: "Exit code 3 when there is something.")

    @OptionGroup var options: FlowOptions

    @Argument(help: "A file, or the name, id or endpoint of a flow.")
    var flow: String

    func run() async throws {
        let (definition, faults) = try await options.reading { service, caller in
            let (definition, obstacles) = try await self.definition(service, caller)
            return (definition, try await obstacles + service.faults(of: definition, for: caller.owner))
        }
        for fault in faults { Terminal.print(error: "\(fault)") }
        guard faults.isEmpty else { throw ExitCode.someFailed }
        print("“\(definition.name)” can run: \(definition.graph.components.count) components.")
    }

    /// The flow, and what an import could not take over of it.
    private func definition(
        _ service: FlowService, _ caller: FlowCaller
    ) async throws -> (FlowDefinition, [FlowFault]) {
        if FileManager.default.fileExists(atPath: flow) {
            let file = try Data(contentsOf: URL(fileURLWithPath: flow))
            return (try FlowDefinition.decode(file, file: flow), [])
        }
        if let known = service.settingsFlows.first(where: { $0.name == flow }) { return (known, []) }
        let name = try await service.id(of: flow, for: caller.owner)
        let (stored, version, definition) = try await service.flow(name, for: caller.owner)
        return (definition, service.obstacles(in: version, of: stored))
    }
}
