import ArgumentParser
import Foundation
import Moving
import VectorCollections

struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Moves documents and workspace between SQLite and PostgreSQL.",
        discussion: """
            A place is sqlite:FOLDER (sqlite: alone for the data folder), postgres: for the database of the settings, or
            postgres://USER@HOST:PORT/NAME?schema=SCHEMA&tls=MODE, whose password is database.password
            (MILLRACE_DATABASE_PASSWORD).

            Everything keeps its numbers, and nothing is embedded again; collections of vectors go along, which --check
            does not compare. Stop whatever serves the source first. What was killed goes on with the same command. At
            the end both sides are read and compared, as --check does alone.
            Exit code 1 if they differ.
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var tenant: TenantOption

    @Option(name: .customLong("from"), help: ArgumentHelp("Where the data lie.", valueName: "place"))
    var source: MovePlaceArgument

    @Option(
        name: .customLong("to"),
        help: ArgumentHelp("Where they are to lie; nothing may be there yet.", valueName: "place"))
    var target: MovePlaceArgument

    @Flag(name: .customLong("check"), help: "Only compare; change nothing.")
    var isCheck = false

    private struct Report: Encodable {
        struct Table: Encodable {
            var name: String
            var rows: Int
            var sha256: String
        }

        struct Collection: Encodable {
            var name: String
            /// Absent where it was not moved.
            var points: Int?
        }

        var from: String
        var to: String
        var rows: Int
        var replacedTexts: Int
        var seconds: Double
        var tables: [Table]
        var staysInFolder: [String]
        var collections: [Collection]
    }

    func run() async throws {
        let services = try await tenant.services(common)
        let (source, target) = (try source.place(services), try target.place(services))
        let move = DatabaseMove(from: source, to: target)
        let line = MoveProgressLine(isEnabled: !common.json)
        let isCheck = isCheck
        let began = ContinuousClock.now
        let outcome: MoveOutcome
        do {
            outcome = try await Interruption.cancelling {
                isCheck ? try await move.check(line.show) : try await move.run(line.show)
            }
        } catch {
            line.finish()
            if case .interrupted = error as? ExitCode, !isCheck {
                Terminal.print(error: "Stopped. The same command goes on where this one was.")
            }
            throw error
        }
        line.finish()
        if !isCheck { try await source.copyGuardedKeys(to: target) }
        let collections = isCheck ? [] : try await source.copyCollections(to: target)
        if !isCheck, case .folder(let folder) = source, case .server(let server) = target {
            try UploadsName.keep(of: folder, movedTo: server)
        }
        let left = LeftBehind(source: source, target: target, folder: services.settings[\.data])
        let elapsed = (ContinuousClock.now - began) / .seconds(1)
        if common.json {
            let report = Report(
                from: source.name, to: target.name, rows: outcome.rows, replacedTexts: outcome.replacedTexts,
                seconds: elapsed,
                tables: outcome.tables.map { Report.Table(name: $0.name, rows: $0.rows, sha256: $0.digest) },
                staysInFolder: left.names,
                collections: collections.map { Report.Collection(name: $0.name, points: $0.points) })
            print(try JSONText.encode(report))
        } else {
            show(outcome, from: source, to: target, elapsed, left)
            for text in collections.compactMap(\.told) { print(text) }
        }
    }

    private func show(
        _ outcome: MoveOutcome, from source: MovePlace, to target: MovePlace, _ elapsed: Double,
        _ left: LeftBehind
    ) {
        for table in outcome.tables where table.rows > 0 {
            let name = table.name.padding(toLength: 18, withPad: " ", startingAt: 0)
            print("\(name)\(String(format: "%10d", table.rows)) rows  \(table.digest.prefix(16))")
        }
        let time = String(format: "%.1f", elapsed)
        print(
            isCheck
                ? "\(source.name) and \(target.name) hold the same \(outcome.rows) rows."
                : "\(outcome.rows) rows were moved to \(target.name) in \(time) s, and compared.")
        if outcome.replacedTexts > 0 {
            print(
                "In \(outcome.replacedTexts) texts U+0000, which PostgreSQL cannot hold, is U+FFFD at the target."
            )
        }
        if !isCheck { print(left.text) }
        if !isCheck, left.names.contains(Settings.tenantsFolder) {
            print(
                "Each tenant is moved by itself: the same command with --tenant NAME, and places without names."
            )
        }
    }
}
