import ArgumentParser
import Flow
import FlowService
import Foundation
import JSONValue
import Langflow
import Workspace

struct FlowsExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Writes a flow as a file that Langflow opens, or in Millrace's form."
    )

    @OptionGroup var options: FlowOptions

    @Argument(help: "The flow: its name, id or endpoint, or a file of Millrace's form or Langflow's.")
    var flow: String

    @Option(help: "langflow or millrace.")
    var format: FlowFileFormat = .langflow

    @Option(help: "The file to write; standard output without it.")
    var output: String?

    @Flag(help: "Write it as if it had been made here, even if it was imported.")
    var anew = false

    func run() async throws {
        let text: String
        if FileManager.default.fileExists(atPath: flow) {
            let data = try Data(contentsOf: URL(fileURLWithPath: flow))
            let definition = try FlowFile(path: flow).definition(data)
            let isOwn = (try? FlowDefinition.decode(data, file: flow)) != nil
            text = try format.text(definition, origin: anew || isOwn ? nil : data)
        } else {
            text = try await stored()
        }
        if let output {
            try Data((text + "\n").utf8).write(to: URL(fileURLWithPath: output), options: .atomic)
        } else {
            print(text)
        }
    }

    private func stored() async throws -> String {
        try await options.reading { service, caller in
            let name = try await service.id(of: flow, for: caller.owner)
            if let definition = service.settingsFlows.first(where: { $0.name == name }) {
                return try format.text(definition, origin: nil)
            }
            let (_, version, definition) = try await service.flow(name, for: caller.owner)
            return try format.text(definition, origin: anew ? nil : version.origin)
        }
    }
}
