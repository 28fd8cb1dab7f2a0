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
    @OptionGroup var tenant: TenantOption

    @Flag(help: "Also ask AWS who this is, which models are enabled, and what is denied.")
    var aws = false

    @Flag(
        help:
            "List every setting with its value and where it came from instead; with --tenant those of that one."
    )
    var settings = false

    func run() async throws {
        let services = Services(try common.settings())
        // A name that is none is told before anything is tried.
        let house = try services.house(of: tenant.name)
        if settings {
            try printSettings(house.settings)
            return
        }
        let findings = await findings(services)
        if common.json {
            print(try JSONText.encode(findings))
        } else {
            for finding in findings {
                print("\(mark(of: finding)) \(finding.part): \(finding.detail)")
            }
        }
        if findings.contains(where: { !$0.isFine }) { throw ExitCode.failure }
    }

    private func mark(of finding: Finding) -> String {
        guard finding.isFine else { return Terminal.styled("FAIL", .red) }
        return finding.isNoted ? Terminal.styled("note", .accent) : Terminal.styled("ok  ", .green)
    }

    /// What settings stand for comes first: without it the other parts cannot be looked at.
    private func findings(_ services: Services) async -> [Finding] {
        let faults: [Finding]
        do {
            faults = try await services.refreshReferences().map { .fails("settings", "\($0.error)") }
        } catch {
            faults = [.fails("settings", "\(error)")]
        }
        guard faults.isEmpty else {
            guard aws else { return faults }
            let readable = Services(services.settings.withoutUnresolved())
            let diagnosis = AWSDiagnosis(services: readable, references: services.settings.references)
            return faults + (await diagnosis.findings())
        }
        let findings = await Diagnosis((try? services.house(of: tenant.name)) ?? services).findings()
        return findings + (tenant.named == nil ? await folders(services) : [])
            + (aws ? await AWSDiagnosis(services: services).findings() : [])
    }

    /// Those of the other tenants; whatever else there is, they share.
    private func folders(_ services: Services) async -> [Finding] {
        var findings: [Finding] = []
        for (name, house) in (try? services.houses()) ?? [] {
            findings += await DataFolderDiagnosis(house).findings().map { finding in
                Finding(
                    part: "\(finding.part) of \(name)", isFine: finding.isFine, isNoted: finding.isNoted,
                    detail: finding.detail)
            }
        }
        return findings
    }

    private struct SettingOutput: Encodable {
        var key: String
        var value: String
        var origin: String
        var environment: String
        var meaning: String
    }

    private func printSettings(_ settings: Settings) throws {
        let rows = settings.listed.map { key, setting, entry -> SettingOutput in
            let isHidden = setting.isSecret && !entry.value.isEmpty
            return SettingOutput(
                key: key, value: isHidden ? "(set)" : entry.value, origin: entry.origin,
                environment: key == setting.key ? setting.environmentName : "", meaning: setting.meaning)
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
