import ArgumentParser
import Flow
import FlowService
import Foundation
import JSONValue
import Langflow
import Workspace

struct FlowsImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Keeps the flows of a file: an export of Langflow's, or a flow of Millrace's.",
        discussion:
            "Says of each node what became of it. Exit code 3 when a flow is kept that cannot run yet.")

    @OptionGroup var options: FlowOptions

    @Argument(help: "The file.")
    var file: String

    @Flag(help: "Only say what would become of it.")
    var dryRun = false

    @Flag(help: "Others may run them too.")
    var shared = false

    func run() async throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: file))
        var broken = 0
        if let definition = try? FlowDefinition.decode(data, file: file) {
            broken += try await keep(FlowDraft(definition, isShared: shared))
        } else {
            let translations = try LangflowExport.flows(in: data, file: file).map { LangflowTranslation($0) }
            for translation in translations {
                print(Terminal.styled(Terminal.safe(translation.export.name), .bold))
                print(Terminal.safe(translation.report.description))
            }
            broken += dryRun ? translations.count { !$0.report.canRun } : try await keep(translations)
        }
        if broken > 0 { throw ExitCode.someFailed }
    }

    /// - Returns: how many cannot run.
    private func keep(_ translations: [LangflowTranslation]) async throws -> Int {
        let (service, caller) = try await options.service()
        let kept = try await service.keep(translations, isShared: shared, for: caller.owner)
        for imported in kept {
            print("“\(Terminal.safe(imported.flow.name))” is kept as \(imported.flow.id)")
            for fault in imported.faults { Terminal.print(error: "  \(fault)") }
        }
        return kept.count { !$0.canRun }
    }

    /// - Returns: 1 for a flow that cannot run.
    private func keep(_ draft: FlowDraft) async throws -> Int {
        guard !dryRun else { return 0 }
        let (service, caller) = try await options.service()
        let (flow, faults) = try await service.create(draft, for: caller.owner)
        print("kept as \(flow.id)")
        for fault in faults { Terminal.print(error: "  \(fault)") }
        return faults.isEmpty ? 0 : 1
    }
}
