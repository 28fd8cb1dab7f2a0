import AWSServices
import Backends
import Backup
import Corpus
import CorpusSQLite
import Foundation
import WorkspaceSQLite

extension Services {
    /// The folder of the page cache in the data folder, which is no part of a backup unless it is asked for.
    private static let pageCache = "pages"

    /// Where backups lie.
    ///
    /// - Parameters:
    ///   - named: what the command line names; `nil` for that of the settings.
    ///   - passphraseFile: the file of their passphrase; `nil` for that of the settings, which may be none.
    func backups(at named: String?, passphraseFile: String?) async throws -> BackupRepository {
        guard let address = named ?? settings[\.backup.place], !address.isEmpty else {
            throw CommandError(
                "Say where backups lie: a folder or s3://BUCKET/PREFIX, by option or as the setting backup.to."
            )
        }
        let secret =
            try passphraseFile.map { try BackupSecret(file: $0) }
            ?? settings[\.backup.key].map { try BackupSecret($0) }
        let (store, place) = try await backupStore(
            address, setting: named == nil ? Settings.name(\.backup.place) : nil)
        return BackupRepository(store: store, place: place, secret: secret)
    }

    private func backupStore(
        _ address: String, setting: String?
    ) async throws -> (store: any BlobStore, place: String) {
        guard !address.hasPrefix("s3://") else {
            guard let place = S3BlobStore.Place(address) else { throw BackupError.badDestination(address) }
            let key = settings[\.blobs.kmsKey]
            let store = S3BlobStore(
                try S3(try await awsAccount()), place, setting: setting,
                encryption: key.map { .kms(keyID: $0) })
            return (store, address)
        }
        guard !address.contains("://") else { throw BackupError.badDestination(address) }
        let folder = URL(fileURLWithPath: (address as NSString).expandingTildeInPath).standardizedFileURL
        let data = settings[\.data].standardizedFileURL.path
        guard folder.path != data, !folder.path.hasPrefix(data + "/") else {
            throw CommandError(
                "The backups' folder \(folder.path) lies in the data folder, and would be kept with it. Choose another."
            )
        }
        return (BackupFolder(folder), folder.path)
    }

    /// The data folder as something to keep.
    func backupSource(includingIndexes: Bool, includingPages: Bool) throws -> BackupSource {
        let workspace = SQLiteWorkspace.fileName
        // Flows' files may lie in a bucket, which keeps them itself.
        let houses = try tenantFolders()
        let files = ([""] + houses.map { $0 + "/" }).map { place in
            BackupReference(
                database: place + workspace, table: "file",
                query: "SELECT '\(place)files/files/' || substr(id, 1, 2) || '/' || id FROM file")
        }
        return BackupSource(
            folder: settings[\.data], product: "millrace \(Millrace.version)", houses: Set(houses),
            knownMigrations: try Self.knownMigrations(), firstDatabases: [workspace],
            references: settings[\.blobs.s3] == nil ? files : [],
            excludedNames: includingPages ? [] : [Self.pageCache], includesIndexes: includingIndexes)
    }

    /// The folders of tenants that are there, whether or not the settings name them still.
    private func tenantFolders() throws -> [String] {
        let folder = settings[\.data].appendingPathComponent(Settings.tenantsFolder)
        guard FileManager.default.fileExists(atPath: folder.path) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter(TenantNames.isName).sorted().map { "\(Settings.tenantsFolder)/\($0)" }
    }

    /// By name of a database the steps of its schema that this program takes: those of databases that it makes.
    static func knownMigrations() throws -> [String: Set<String>] {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("millrace-schema-\(UUID().uuidString)", isDirectory: true)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let corpus = try SQLiteCorpus.open(at: try DataFolder(folder))
        let workspace = try SQLiteWorkspace.open(at: folder)
        return try withExtendedLifetime((corpus, workspace)) {
            let names = [SQLiteCorpus.fileName, SQLiteWorkspace.fileName]
            return Dictionary(
                uniqueKeysWithValues: try names.map { name in
                    (name, try DatabaseMigrations.read(folder.appendingPathComponent(name)))
                })
        }
    }
}
