import ArgumentParser
import Corpus
import Foundation
import JSONValue

struct FlowsRunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Runs a flow, and writes what it says as it says it.",
        discussion: "While a process serves the data folder, it runs there.")

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
        let services = try await options.tenant.services(options.common)
        let reader = try options.asking.reader(services.settings)
        _ = try Self.changes(parameters)
        try await services.show(
            AskedRun(
                flow: try FlowFile(path: flow), input: input, session: session, parameters: parameters,
                principals: reader.principals, trace: trace, asJSON: options.common.json))
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
