import ArgumentParser
import Components
import Concurrency
import Flow
import FlowService
import Foundation
import JSONValue

struct FlowsRunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Runs a flow, and writes what it says as it says it.")

    @OptionGroup var options: FlowOptions

    @Argument(help: "The flow: its name, id or endpoint, or a file of Millrace's form or Langflow's.")
    var flow: String

    @Argument(help: "What is said to it.")
    var input: String = ""

    @Option(help: "The name of the conversation.")
    var session: String?

    @Option(
        name: .customLong("param"), parsing: .singleValue,
        help: ArgumentHelp(
            "A parameter of this run; may be repeated. VALUE is JSON, or else a text.",
            valueName: "component.parameter=value"))
    var parameters: [String] = []

    @Flag(help: "Draw what ran when, and how long it took.")
    var trace = false

    func run() async throws {
        let (service, caller) = try await options.service()
        let name = try await FlowFile(path: flow).kept(by: service, for: caller.owner)
        let request = FlowRequest(
            ChatMessage(input), session: session, changes: try Self.changes(parameters), version: .latest)
        let result = try await Interruption.cancelling { try await follow(request, name, service, caller) }
        guard let result else { throw ExitCode.failure }
        if options.common.json {
            print(try result.json.text())
        } else if trace {
            print(RunTrace.drawing(result))
        }
    }

    /// Writes what the run says while it goes on.
    private func follow(
        _ request: FlowRequest, _ name: String, _ service: FlowService, _ caller: FlowCaller
    ) async throws -> FlowResponse? {
        let reading = try await service.events(request, of: name, as: caller)
        var hasStreamed = false
        let quiet = options.common.json
        for try await progress in reading.events {
            switch progress.kind {
            case .text(_, let text, true) where !quiet:
                print(Terminal.safe(text), terminator: "")
                fflush(nil)
                hasStreamed = true
            case .tool(_, let emission) where trace && !quiet:
                let value = (try? emission.value.text()) ?? ""
                Terminal.print(
                    error: Terminal.styled(
                        "  \(emission.phase.rawValue) \(emission.tool): \(Terminal.safe(String(value.prefix(200))))",
                        .dim))
            case .finished(let response):
                guard !quiet else { return response }
                if hasStreamed { print() }
                for output in response.outputs where !hasStreamed || response.outputs.count > 1 {
                    if response.outputs.count > 1 { print(Terminal.styled(output.title, .bold)) }
                    print(Terminal.safe(output.message.text))
                }
                for citation in response.outputs.flatMap(\.message.citations) {
                    print("[\(citation.number)] \(Terminal.safe(citation.title))")
                    if let url = citation.url { print("    " + Terminal.styled(Terminal.safe(url), .accent)) }
                }
                return response
            case .failed(let failure): throw CommandError(failure.reason)
            case .cancelled: throw CancellationError()
            default: continue
            }
        }
        return nil
    }

    /// `component.parameter=value`, by component.
    static func changes(_ parts: [String]) throws -> [String: [String: JSONValue]] {
        var changes: [String: [String: JSONValue]] = [:]
        for part in parts {
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard sides.count == 2, let dot = sides[0].lastIndex(of: "."), dot > sides[0].startIndex else {
                throw ValidationError("--param: “\(part)” is not component.parameter=value.")
            }
            let value = (try? JSONValue(parsing: String(sides[1]))) ?? .string(String(sides[1]))
            let name = String(sides[0][sides[0].index(after: dot)...])
            changes[String(sides[0][..<dot]), default: [:]][name] = value
        }
        return changes
    }
}
