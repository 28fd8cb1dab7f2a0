import ArgumentParser
import Backup
import Foundation

struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Keeps the data folder in another place, also while it is served.",
        discussion: """
            Without a subcommand one backup is written and read back. What the place has already is not written
            again. `millrace restore` makes a data folder of a backup.
            """,
        subcommands: [
            BackupCreateCommand.self, BackupListCommand.self, BackupVerifyCommand.self,
            BackupPruneCommand.self,
        ],
        defaultSubcommand: BackupCreateCommand.self)
}

/// Where backups lie, for all commands of backups.
struct BackupPlaceOptions: ParsableArguments {
    @Option(
        name: .customLong("to"),
        help: ArgumentHelp(
            "Where backups lie: a folder or s3://BUCKET/PREFIX; backup.to unless told.", valueName: "place"))
    var place: String?

    @OptionGroup var passphrase: BackupPassphraseOptions

    func repository(_ services: Services) async throws -> BackupRepository {
        try await services.backups(at: place, passphraseFile: passphrase.file)
    }
}

struct BackupPassphraseOptions: ParsableArguments {
    @Option(
        name: .customLong("passphrase-file"),
        help: ArgumentHelp(
            "The file of the passphrase that encrypts backups; backup.key unless told.", valueName: "file"))
    var file: String?
}

struct BackupListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists backups, the newest first.",
        discussion: "Exit code 4 if there is none.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var place: BackupPlaceOptions

    private struct Line: Encodable {
        var id: String
        var state: String
        var encrypted: Bool
    }

    func run() async throws {
        let repository = try await place.repository(try await common.services())
        let lines = try await repository.list().map { backup in
            Line(
                id: backup.id.text, state: backup.state == .finished ? "finished" : "unfinished",
                encrypted: backup.isEncrypted)
        }
        if common.json {
            print(try JSONText.encode(lines))
        } else {
            for line in lines {
                let kind = line.state == "unfinished" ? "unfinished" : line.encrypted ? "encrypted" : "plain"
                print("\(line.id)  \(kind)")
            }
        }
        guard !lines.isEmpty else {
            if !common.json { Terminal.print(error: "There are no backups at \(repository.place).") }
            throw ExitCode.nothingFound
        }
    }
}

struct BackupVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Reads a backup as a restore would, and names what is damaged.",
        discussion: "Exit code 1 if anything is.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var place: BackupPlaceOptions

    @Option(help: ArgumentHelp("The backup; the newest unless told.", valueName: "id"))
    var backup = "latest"

    private struct Report: Encodable {
        var id: String
        var damage: [String]
    }

    func run() async throws {
        let repository = try await place.repository(try await common.services())
        let name = backup
        let (found, damage) = try await Interruption.cancelling {
            let found = try await repository.find(name)
            return (found, try await repository.verify(found))
        }
        if common.json {
            print(try JSONText.encode(Report(id: found.id.text, damage: damage.map { "\($0)" })))
        } else if damage.isEmpty {
            print("\(found.id): everything is as it was written.")
        } else {
            for error in damage { Terminal.print(error: Terminal.safe("\(error)")) }
        }
        if !damage.isEmpty { throw ExitCode.failure }
    }
}

struct BackupPruneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Removes all backups but the newest, and what killed ones have left.",
        discussion: "While a backup is being written, blocks that no other needs stay until the next pruning."
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var place: BackupPlaceOptions

    @Option(help: ArgumentHelp("How many stay, 1 or more.", valueName: "n"))
    var keep: Int

    private struct Report: Encodable {
        var removed: [String]
        var removedObjects: Int
        var removedBytes: Int
        var waiting: Bool
    }

    func validate() throws {
        guard keep > 0 else { throw ValidationError("--keep takes 1 or more.") }
    }

    func run() async throws {
        let repository = try await place.repository(try await common.services())
        let count = keep
        let outcome = try await Interruption.cancelling { try await repository.prune(keeping: count) }
        if common.json {
            let report = Report(
                removed: outcome.removed.map(\.text), removedObjects: outcome.removedObjectCount,
                removedBytes: outcome.removedByteCount, waiting: outcome.isWaitingForBackup)
            print(try JSONText.encode(report))
            return
        }
        let size = ByteCount.text(outcome.removedByteCount)
        print(
            "\(outcome.removed.count) backups and \(outcome.removedObjectCount) blocks (\(size)) were removed."
        )
        if outcome.isWaitingForBackup {
            print("A backup is being written; blocks that no other needs stay until the next pruning.")
        }
    }
}
