import Concurrency
import Foundation
import GRDB
import Synchronization

extension VectorCollections {
    /// Copies a collection as it is at this moment; others write on meanwhile.
    public func snapshot(of name: String, tenant: String) async throws(CollectionError) -> CollectionSnapshot
    {
        try await using(name, tenant) { collection throws(CollectionError) in
            if !self.watch.isAway { try await collection.level() }
            let copy = self.folder.appendingPathComponent(
                CollectionFolder.freshName(CollectionFolder.snapshotPrefix))
            return try await self.reading {
                // A connection of its own: the copy reads in one snapshot, and keeps no other from reading.
                var configuration = Configuration()
                configuration.readonly = true
                let queue = try DatabaseQueue(path: collection.database.path, configuration: configuration)
                do {
                    try queue.writeWithoutTransaction {
                        try $0.execute(sql: "VACUUM INTO ?", arguments: [copy.path])
                    }
                } catch {
                    try? FileManager.default.removeItem(at: copy)
                    throw error
                }
                return try CollectionSnapshot(copy)
            }
        }
    }

    /// Takes the bytes of a snapshot as they come.
    ///
    /// - Throws: ``CollectionError/invalid(field:reason:)`` past ``CollectionLimits/snapshotBytes``, and what `pieces`
    ///   throws.
    public func upload<Pieces: AsyncSequence & Sendable>(
        _ pieces: Pieces
    ) async throws -> SnapshotUpload where Pieces.Element == Data {
        let root = folder
        let upload = try await reading { try SnapshotUpload(in: root) }
        var received = 0
        for try await piece in pieces {
            received += piece.count
            guard received <= limits.snapshotBytes else {
                throw CollectionError.invalid(
                    field: "the body",
                    reason: "has more than \(limits.snapshotBytes) bytes, which is the limit")
            }
            try await reading { try upload.append(piece) }
        }
        try await reading { try upload.finish() }
        return upload
    }

    /// Makes a collection of a snapshot, with the settings that it has there.
    ///
    /// Everything in the file is checked first, as it may come from anywhere; then the index is made, which takes as
    /// long as storing the points did.
    ///
    /// - Throws: ``CollectionError/notASnapshot(reason:)``, ``CollectionError/nameTaken(name:)``, or a limit.
    public func restore(
        _ upload: SnapshotUpload, as name: String, tenant: String
    ) async throws(CollectionError) -> CollectionInfo {
        let key = try Self.checkedKey(name, tenant)
        if let journal { return try await restoreShared(upload, as: key, journal) }
        guard slot(key) == nil else { throw .nameTaken(name: name) }
        let own = CollectionFolder.freshName()
        let files = CollectionFolder(folder, own)
        do {
            let (settings, points) = try await reading { try self.adopt(upload, in: files) }
            try await registrar.complete { () throws(CollectionError) in
                guard self.slot(key) == nil else { throw .nameTaken(name: name) }
                try self.checkRoom(for: tenant)
                guard points <= self.total.room else { throw .tooManyVectors(limit: self.total.limit) }
                _ = try self.register(
                    Catalog.Entry(
                        key: key, folder: own, settings: .success(settings), createdAt: Date(),
                        points: points))
            }
        } catch {
            try? FileManager.default.removeItem(at: files.url)
            throw error
        }
        try await using(name, tenant) { _ throws(CollectionError) in }
        return try await info(name, tenant: tenant)
    }

    private func adopt(
        _ upload: SnapshotUpload, in files: CollectionFolder
    ) throws -> (settings: CollectionSettings, points: Int) {
        let found = try SnapshotCheck(upload.url).check(room: total.room, limit: total.limit)
        try FileManager.default.createDirectory(at: files.url, withIntermediateDirectories: true)
        try FileManager.default.moveItem(at: upload.url, to: files.database)
        try CollectionFolder.synchronize(files.url)
        return found
    }
}
