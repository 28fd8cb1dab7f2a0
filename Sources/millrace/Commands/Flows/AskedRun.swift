import ArgumentParser
import Components
import Concurrency
import Corpus
import Flow
import FlowService
import Foundation
import JSONValue
import Server
import Workspace

/// A run of a flow as `flows run` asks for it.
struct AskedRun: FolderWork {
    var flow: FlowFile
    /// What is said to it.
    var input: String
    var session: String?
    /// `component.parameter=value` each.
    var parameters: [String]
    /// Whose flows they are, and whose rights the run has.
    var principals: Set<Principal>
    /// Whether it is drawn what ran when.
    var trace: Bool
    var asJSON: Bool
    var hasColor = Terminal.hasColor

    var asked: AskedWork.Kind { .run(self) }
    /// A model may be asked time and again, and tools wait for others.
    var isLong: Bool { true }

    /// Flows need no documents.
    func open(_ services: Services) throws {
        try services.requireDataFolder()
        _ = try services.corpus()
    }

    func status(
        in services: Services, say: @escaping @Sendable (PrintedText) async throws -> Void
    ) async throws -> Int32 {
        let service = try await services.flows().service
        let caller = try services.flowCaller(Reader(principals))
        let name = try await flow.kept(by: service, for: caller.owner)
        let request = FlowRequest(
            ChatMessage(input), session: session, changes: try FlowsRunCommand.changes(parameters),
            version: .latest)
        let events = try await service.events(request, of: name, as: caller).events
        guard let result = try await followed(events, say) else { return ExitCode.failure.rawValue }
        if asJSON {
            try await say(.line(try result.json.text()))
        } else if trace {
            try await say(.line(RunTrace.drawing(result)))
        }
        return 0
    }

    /// Says what the run says while it goes on.
    private func followed(
        _ events: PulledSequence<FlowProgress>, _ say: @Sendable (PrintedText) async throws -> Void
    ) async throws -> FlowResponse? {
        var hasStreamed = false
        for try await progress in events {
            switch progress.kind {
            case .text(_, let text, true) where !asJSON:
                try await say(.output(Terminal.safe(text)))
                hasStreamed = true
            case .tool(_, let emission) where trace && !asJSON:
                let value = (try? emission.value.text()) ?? ""
                try await say(
                    .errors(
                        styled(
                            "  \(emission.phase.rawValue) \(emission.tool): \(Terminal.safe(String(value.prefix(200))))",
                            .dim)))
            case .finished(let response):
                if !asJSON { try await say(.output(text(of: response, hasStreamed: hasStreamed))) }
                return response
            case .failed(let failure): throw CommandError(failure.reason)
            case .cancelled:
                try Task.checkCancellation()
                throw CommandError("The run was cancelled.")
            default: continue
            }
        }
        return nil
    }

    /// What was not said while it went on.
    private func text(of response: FlowResponse, hasStreamed: Bool) -> String {
        var lines: [String] = hasStreamed ? [""] : []
        for output in response.outputs where !hasStreamed || response.outputs.count > 1 {
            if response.outputs.count > 1 { lines.append(styled(output.title, .bold)) }
            lines.append(Terminal.safe(output.message.text))
        }
        for citation in response.outputs.flatMap(\.message.citations) {
            lines.append("[\(citation.number)] \(Terminal.safe(citation.title))")
            if let url = citation.url { lines.append("    " + styled(Terminal.safe(url), .accent)) }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private func styled(_ text: String, _ style: Terminal.Style) -> String {
        Terminal.styled(text, style, hasColor: hasColor)
    }
}
