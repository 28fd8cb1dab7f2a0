import Concurrency
import Crypto
import Foundation

extension BackupRepository {
    /// Blocks of one file that are fetched at a time.
    private static let window = 8

    /// Gives the bytes of `file` to `take`, in order and checked; the last thing checked is the SHA-256 of the whole.
    func read(
        _ file: BackupManifest.File, _ key: BackupKey?, blockByteCount: Int,
        take: @Sendable (Data) async throws -> Void
    ) async throws {
        var whole = SHA256()
        var start = 0
        while start < file.blocks.count {
            try Task.checkCancellation()
            let range = start..<min(start + Self.window, file.blocks.count)
            let blocks = try await range.boundedMap(width: Self.window) { index in
                let offset = index * blockByteCount
                return try await self.block(
                    file.blocks[index], key, of: file.path, at: offset,
                    byteCount: min(blockByteCount, file.byteCount - offset))
            }
            for block in blocks {
                whole.update(data: block)
                try await take(block)
            }
            start = range.upperBound
        }
        guard whole.finalize().hexadecimal == file.sha256 else {
            throw BackupError.damagedFile(path: file.path)
        }
    }

    /// Writes `file` to `path`, where nothing is yet, checked and on the disk.
    func write(
        _ file: BackupManifest.File, _ key: BackupKey?, blockByteCount: Int, to path: String
    ) async throws {
        let descriptor = try await Self.disk.run { try DurableFiles.create(path) }
        defer { close(descriptor) }
        try await read(file, key, blockByteCount: blockByteCount) { block in
            try await Self.disk.run { try DurableFiles.append(block, to: descriptor, path: path) }
        }
        try await Self.disk.run { try DurableFiles.flush(descriptor, path: path) }
    }
}
