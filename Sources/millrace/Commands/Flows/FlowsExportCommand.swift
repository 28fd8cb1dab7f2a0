import ArgumentParser
import Flow
import FlowService
import Foundation
import JSONValue
import Langflow
import Workspace

struct FlowsExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes a flow as a file that Langflow opens, or in Millrace's form.",
        discussion: """
            With --to and no flow, all that are yours and stored. Exit code 3 when some of them could not be written.
            """)

    @OptionGroup var options: FlowOptions

    @Argument(help: "The flow: its name, id or endpoint, or a file of Millrace's form or Langflow's.")
    var flow: String?

    @Option(help: "langflow or millrace.")
    var format: FlowFileFormat = .langflow

    @Option(help: "The file to write; standard output without it.")
    var output: String?

    @Option(
        help: ArgumentHelp(
            "The folder or the prefix of a bucket to write files named after flows to.",
            valueName: "FOLDER|s3://BUCKET/PREFIX"))
    var to: String?

    @Flag(help: "Write it as if it had been made here, even if it was imported.")
    var anew = false

    func validate() throws {
        guard flow != nil || to != nil else {
            throw ValidationError("Name a flow, or with --to a place for all that are yours.")
        }
        guard output == nil || to == nil else {
            throw ValidationError("--output names a file, and --to a place for files: give one of them.")
        }
    }

    func run() async throws {
        if let to {
            let place = try await options.tenant.services(options.common).flowExportPlace(to)
            return try await export(to: place)
        }
        guard let flow else { return }
        let text = try await text(of: flow).text
        if let output {
            try Data((text + "\n").utf8).write(to: URL(fileURLWithPath: output), options: .atomic)
        } else {
            print(text)
        }
    }

    // MARK: To a place

    private func export(to place: FlowExportPlace) async throws {
        guard let flow else { return try await exportAll(to: place) }
        let (text, name) = try await text(of: flow)
        try await write(text, as: name, to: place)
    }

    private func write(_ text: String, as name: String, to place: FlowExportPlace) async throws {
        let outcome = try await place.write(text, as: name)
        print(Terminal.safe(place.address(of: name)) + (outcome == .unchanged ? " (as it was)" : ""))
    }

    private func exportAll(to place: FlowExportPlace) async throws {
        let failed = try await options.reading { service, caller in
            let own = try await Self.own(service, caller)
            let names = FlowExportNames(own)
            var failed = 0
            for flow in own {
                let text: String
                do {
                    let (_, version, definition) = try await service.flow(flow.id, for: caller.owner)
                    text = try format.text(definition, origin: anew ? nil : version.origin)
                } catch let error where !(error is CancellationError) {
                    failed += 1
                    Terminal.print(error: "“\(flow.name)” (\(flow.id)) cannot be exported: \(error)")
                    continue
                }
                try await write(text, as: names.file(of: flow), to: place)
            }
            return failed
        }
        if failed > 0 { throw ExitCode.someFailed }
    }

    private static func own(_ service: FlowService, _ caller: FlowCaller) async throws -> [StoredFlow] {
        var (own, last): ([StoredFlow], StoredFlow?) = ([], nil)
        repeat {
            let page = try await service.store.flows(
                for: caller.owner, project: nil, after: last, limit: WorkspaceLimits.page)
            own += page.filter { $0.owner == caller.owner }
            last = page.count < WorkspaceLimits.page ? nil : page.last
        } while last != nil
        return own
    }

    // MARK: One flow

    /// What is written of a flow, and the file that it has in a place for files.
    private func text(of flow: String) async throws -> (text: String, file: String) {
        guard FileManager.default.fileExists(atPath: flow) else { return try await stored(flow) }
        let data = try Data(contentsOf: URL(fileURLWithPath: flow))
        let definition = try FlowFile(path: flow).definition(data)
        let isOwn = (try? FlowDefinition.decode(data, file: flow)) != nil
        return (
            try format.text(definition, origin: anew || isOwn ? nil : data),
            FlowExportNames.file(named: definition.name)
        )
    }

    private func stored(_ flow: String) async throws -> (text: String, file: String) {
        try await options.reading { service, caller in
            let name = try await service.id(of: flow, for: caller.owner)
            if let definition = service.settingsFlows.first(where: { $0.name == name }) {
                return (
                    try format.text(definition, origin: nil), FlowExportNames.file(named: definition.name)
                )
            }
            let (found, version, definition) = try await service.flow(name, for: caller.owner)
            let text = try format.text(definition, origin: anew ? nil : version.origin)
            guard to != nil, found.owner == caller.owner else {
                return (text, FlowExportNames.file(named: found.name))
            }
            return (text, FlowExportNames(try await Self.own(service, caller)).file(of: found))
        }
    }
}
