import Concurrency
import Foundation

/// What became of a restore.
public struct RestoreOutcome: Sendable {
    public var manifest: BackupManifest
    /// Where the folder lies now that was replaced.
    public var replacedFolder: String?
}

/// Makes a data folder of a backup.
///
/// Every block is compared with its digest and every file with its own, each database is checked by SQLite, and all of
/// it is on the disk before the folder gets its name.
public struct FolderRestoration: Sendable {
    let repository: BackupRepository
    let knownMigrations: [String: Set<String>]

    /// - Parameter knownMigrations: by path of a database the steps of its schema that this program knows.
    public init(from repository: BackupRepository, knownMigrations: [String: Set<String>] = [:]) {
        self.repository = repository
        self.knownMigrations = knownMigrations
    }

    /// - Parameters:
    ///   - folder: absent or empty, unless it is replaced.
    ///   - isReplacing: whether a folder that is not empty is put aside, under `NAME.before-restore-…`.
    public func restore(
        _ backup: BackupSummary, to folder: URL, replacing isReplacing: Bool = false
    ) async throws -> RestoreOutcome {
        let (manifest, key) = try await repository.opened(backup)
        // Folders that hold such databases are data folders.
        let houses = manifest.files.map { $0.path as NSString }
            .filter { knownMigrations[$0.lastPathComponent] != nil }.map(\.deletingLastPathComponent)
        let source = BackupSource(
            folder: folder, product: manifest.product, houses: Set(houses).subtracting([""]),
            knownMigrations: knownMigrations)
        for file in manifest.files { try source.check(file.migrations, of: file.path) }
        let target = try await BackupRepository.disk.run {
            try RestoreTarget(folder, replacing: isReplacing, byteCount: manifest.byteCount)
        }
        defer { target.release() }
        do {
            try await fill(target, manifest, key)
            try Task.checkCancellation()
            let date = repository.now()
            let replaced = try await BackupRepository.disk.complete { () throws(BackupError) in
                try target.putInPlace(at: date)
            }
            return RestoreOutcome(manifest: manifest, replacedFolder: replaced)
        } catch {
            await BackupRepository.disk.complete { target.discard() }
            throw error
        }
    }

    private func fill(_ target: RestoreTarget, _ manifest: BackupManifest, _ key: BackupKey?) async throws {
        let root = target.staging
        let folders = Set(manifest.files.map { ($0.path as NSString).deletingLastPathComponent })
        try await BackupRepository.disk.run {
            for folder in folders.sorted() where !folder.isEmpty {
                try DurableFiles.makeFolder("\(root)/\(folder)")
            }
        }
        _ = try await manifest.files.boundedMap(width: 4) { [repository] file in
            let path = "\(root)/\(file.path)"
            try await repository.write(file, key, blockByteCount: manifest.blockByteCount, to: path)
            guard file.kind == .database else { return }
            try await BackupRepository.disk.run {
                try DatabaseCheck.check(
                    URL(fileURLWithPath: path), as: file.path, byteCount: file.byteCount)
            }
        }
    }
}
