import ArgumentParser
import Backup
import Foundation

struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Makes a data folder of a backup.",
        discussion: """
            Everything is checked before the folder gets its name; an interrupted restore leaves what was there.
            `millrace serve` starts on it without further steps.
            """)

    @OptionGroup var common: CommonOptions

    @Option(
        name: .customLong("from"),
        help: ArgumentHelp(
            "Where backups lie: a folder or s3://BUCKET/PREFIX; backup.to unless told.", valueName: "place"))
    var place: String?

    @OptionGroup var passphrase: BackupPassphraseOptions

    @Option(help: ArgumentHelp("The backup; the newest unless told.", valueName: "id"))
    var backup = "latest"

    @Flag(help: "Put a data folder that is not empty aside, as NAME.before-restore-….")
    var replace = false

    private struct Report: Encodable {
        var id: String
        var createdAt: String
        var folder: String
        var files: Int
        var bytes: Int
        var replacedFolder: String?
    }

    func run() async throws {
        let services = try await common.services()
        let repository = try await services.backups(at: place, passphraseFile: passphrase.file)
        let restoration = FolderRestoration(
            from: repository, knownMigrations: try Services.knownMigrations())
        let (name, folder, isReplacing) = (backup, services.settings[\.data], replace)
        let outcome = try await Interruption.cancelling {
            try await restoration.restore(try await repository.find(name), to: folder, replacing: isReplacing)
        }
        let manifest = outcome.manifest
        if common.json {
            let report = Report(
                id: manifest.id, createdAt: manifest.createdAt, folder: folder.path,
                files: manifest.files.count, bytes: manifest.byteCount,
                replacedFolder: outcome.replacedFolder)
            print(try JSONText.encode(report))
            return
        }
        print(
            "\(folder.path) is as it was at \(manifest.createdAt): \(manifest.files.count) files, "
                + "\(ByteCount.text(manifest.byteCount)).")
        if let old = outcome.replacedFolder { print("What was there is \(old) now.") }
    }
}
