import ArgumentParser
import Foundation

/// What is done with settings alone.
struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Checks settings before anything starts with them.",
        subcommands: [ConfigCheckCommand.self], defaultSubcommand: ConfigCheckCommand.self)
}

struct ConfigCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Tells everything that is wrong with the settings, with file and line, and starts nothing.",
        discussion: """
            Keys that there are not, values that are not allowed, and settings that cannot stand beside each other, of the
            file, of MILLRACE_… variables and of --set. Nothing is opened, made or asked: `millrace doctor` tells whether
            what they name is there. Exit code 1 when something is wrong.
            """)

    @OptionGroup var common: CommonOptions

    private struct Output: Encodable {
        var faults: [String]
        var unknownVariables: [String]
    }

    func run() async throws {
        let check = SettingsCheck(
            file: common.config, environment: ProcessInfo.processInfo.environment,
            overrides: common.allOverrides)
        let faults = check.faults()
        let unknown = check.unknownVariables()
        if common.json {
            print(try JSONText.encode(Output(faults: faults, unknownVariables: unknown.map(\.name))))
        } else {
            for fault in faults { print(Terminal.safe(fault)) }
            for (name, nearest) in unknown {
                let meant = nearest.map { " Did you mean \($0)?" } ?? ""
                Terminal.print(error: Terminal.safe("\(name) is set, and no setting is called so.\(meant)"))
            }
            if faults.isEmpty { print("The settings are in order.") }
        }
        if !faults.isEmpty { throw ExitCode.failure }
    }
}
