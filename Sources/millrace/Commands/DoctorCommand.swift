import ArgumentParser
import Foundation

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Tells what works here and what does not, and what to do about it.",
        discussion: """
            Reads only: it makes, changes and locks nothing, and may run beside a server.
            Exit code 1 when something that the settings need does not work.
            """)

    @OptionGroup var common: CommonOptions

    @Flag(help: "List every setting with its value and where it came from instead.")
    var settings = false

    func run() async throws {
        let configuration = try common.configuration()
        if settings {
            try printSettings(configuration)
            return
        }
        let findings = await Diagnosis(Composition(configuration)).findings()
        if common.json {
            print(try JSONText.encode(findings))
        } else {
            for finding in findings {
                let mark = finding.isFine ? Terminal.styled("ok  ", .green) : Terminal.styled("FAIL", .red)
                print("\(mark) \(finding.part): \(finding.detail)")
            }
        }
        if findings.contains(where: { !$0.isFine }) { throw ExitCode.failure }
    }

    private struct SettingOutput: Encodable {
        var key: String
        var value: String
        var origin: String
        var environment: String
        var meaning: String
    }

    private func printSettings(_ configuration: Configuration) throws {
        let rows = ConfigurationKey.all.map { key -> SettingOutput in
            let entry = configuration.settings.entries[key.path]
            let isHidden = ConfigurationKey.secrets.contains(key.path) && !(entry?.value.isEmpty ?? true)
            return SettingOutput(
                key: key.path, value: isHidden ? "(set)" : entry?.value ?? "", origin: entry?.origin ?? "",
                environment: key.environmentName, meaning: key.meaning)
        }
        if common.json {
            print(try JSONText.encode(rows))
            return
        }
        for row in rows {
            print("\(row.key): \(row.value.isEmpty ? "\"\"" : row.value)  # \(row.meaning) [\(row.origin)]")
        }
    }
}
