import ArgumentParser
import Corpus
import Foundation

/// What every command takes.
struct CommonOptions: ParsableArguments {
    @Option(
        name: .long, help: ArgumentHelp("The settings file; millrace.yaml if it is there.", valueName: "file")
    )
    var config: String?

    @Option(name: .long, help: ArgumentHelp("The data folder.", valueName: "folder"))
    var data: String?

    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp("Overrides one setting; may be repeated.", valueName: "key=value"))
    var overrides: [String] = []

    @Flag(name: .long, help: "Write JSON for programs instead of text for people.")
    var json = false

    /// The graph of this process, as file, environment and options say, with what settings stand for fetched.
    func services() async throws -> Services {
        let services = Services(try settings())
        try await services.fetchReferences()
        return services
    }

    /// What file, environment and options say.
    func settings() throws -> Settings {
        try Settings(
            file: config, environment: ProcessInfo.processInfo.environment, overrides: allOverrides)
    }

    /// What `--set` and the options that stand for settings say.
    var allOverrides: [String] {
        overrides + (data.map { ["\(Settings.name(\.data))=\($0)"] } ?? [])
    }
}

/// A number that an option takes.
enum OptionRange {
    /// Refuses a number out of range as a mistyped command: by the option's name, with what it takes.
    static func check<Number: Comparable>(
        _ option: String, _ value: Number?, in range: ClosedRange<Number>
    ) throws {
        guard let value, !range.contains(value) else { return }
        throw ValidationError(
            "\(option) is \(value); it must be from \(range.lowerBound) to \(range.upperBound).")
    }
}

/// Who asks, on the command line.
struct ReaderOptions: ParsableArguments {
    @Option(
        name: .customLong("as"),
        help: ArgumentHelp(
            "Who asks: user:ID, group:NAME, signed-in or anyone, separated by commas; in quotes with one in it.",
            valueName: "principals"))
    var principals: String?

    /// The reader that `--as` names, else the configured one.
    func reader(_ settings: Settings) throws -> Reader {
        guard let principals else { return settings[\.server.defaultPrincipals] }
        do {
            return Reader(try PrincipalList.principals(principals))
        } catch {
            throw ValidationError("--as: \(error)")
        }
    }
}
