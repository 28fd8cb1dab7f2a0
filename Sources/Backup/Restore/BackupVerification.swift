import Concurrency
import Foundation

extension BackupRepository {
    /// As many damaged files are named.
    private static let damageLimit = 100

    /// Reads a finished backup as a restore would: every block, the SHA-256 of every file, and with SQLite's own check
    /// every database.
    ///
    /// Takes room in the temporary folder for the largest database.
    ///
    /// - Returns: what is damaged, the first fault of each file; empty if all is as it was written.
    /// - Throws: what keeps it from being read, such as a wrong key.
    public func verify(_ backup: BackupSummary) async throws -> [BackupError] {
        let (manifest, key) = try await opened(backup)
        return try await damage(in: manifest, key)
    }

    func damage(in manifest: BackupManifest, _ key: BackupKey?) async throws -> [BackupError] {
        let staging = try Staging()
        let largest = manifest.files.filter { $0.kind == .database }.map(\.byteCount).max() ?? 0
        if let free = DurableFiles.freeBytes(at: staging.folder.path), free < largest {
            throw BackupError.noRoom(path: staging.folder.path, neededBytes: largest, freeBytes: free)
        }
        var found: [BackupError] = []
        for file in manifest.files where file.kind == .database {
            found += try await Self.damage {
                let copy = staging.folder.appendingPathComponent("\(UUID().uuidString).copy")
                defer { unlink(copy.path) }
                try await write(file, key, blockByteCount: manifest.blockByteCount, to: copy.path)
                try await Self.disk.run {
                    try DatabaseCheck.check(copy, as: file.path, byteCount: file.byteCount)
                }
            }
        }
        let others = manifest.files.filter { $0.kind != .database }
        let damages = try await others.boundedMap(width: 4) { file in
            try await Self.damage {
                try await self.read(file, key, blockByteCount: manifest.blockByteCount) { _ in }
            }
        }
        found += damages.flatMap(\.self)
        return Array(found.prefix(Self.damageLimit))
    }

    /// Reads those blocks that are new, and asks of the others only whether they are there in their length.
    func checkBlocks(of manifest: BackupManifest, _ key: BackupKey?, reading names: Set<String>) async throws
    {
        let stored = try await objects()
        var read: Set<String> = []
        for file in manifest.files {
            for (index, name) in file.blocks.enumerated() {
                let offset = index * manifest.blockByteCount
                let count = min(manifest.blockByteCount, file.byteCount - offset)
                guard let size = stored[name] else {
                    throw BackupError.missingBlock(object: name, file: file.path, offset: offset)
                }
                guard size == Self.storedByteCount(count, key) else {
                    throw BackupError.damagedBlock(
                        object: name, file: file.path, offset: offset,
                        reason:
                            "\(size) bytes are stored, and \(Self.storedByteCount(count, key)) were written")
                }
                guard names.contains(name), read.insert(name).inserted else { continue }
                _ = try await block(name, key, of: file.path, at: offset, byteCount: count)
            }
        }
    }

    private static func damage(_ body: () async throws -> Void) async throws -> [BackupError] {
        do {
            try await body()
            return []
        } catch let error as BackupError where error.isDamage {
            return [error]
        }
    }
}
