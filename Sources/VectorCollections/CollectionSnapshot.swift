import Foundation

/// A consistent copy of a collection in one file, which is removed with its last reference.
///
/// An SQLite database with the settings, the points and their vectors; the index is made of them when it is put back.
public final class CollectionSnapshot: Sendable {
    public let url: URL
    public let byteCount: Int

    /// The media type of the file.
    public static let contentType = "application/vnd.sqlite3"

    init(_ url: URL) throws(CollectionError) {
        self.url = url
        guard let size = try? FileManager.default.attributesOfItem(atPath: url.path)[.size] as? Int else {
            throw .storage(file: url.path, reason: "the copy is not there")
        }
        byteCount = size
    }

    deinit {
        // What stays is removed with the next opening of the folder.
        url.removeDatabase()
    }
}

/// A file for a snapshot on its way in, which is removed with its last reference.
public final class SnapshotUpload: Sendable {
    public let url: URL
    private let handle: FileHandle

    init(in root: URL) throws(CollectionError) {
        url = root.appendingPathComponent(CollectionFolder.freshName(CollectionFolder.uploadPrefix))
        guard FileManager.default.createFile(atPath: url.path, contents: nil),
            let handle = try? FileHandle(forWritingTo: url)
        else { throw .storage(file: url.path, reason: "it cannot be made") }
        self.handle = handle
    }

    /// Writes bytes behind those before; waits for the disk.
    func append(_ data: Data) throws { try handle.write(contentsOf: data) }

    /// Makes sure that the disk has it.
    func finish() throws {
        try handle.synchronize()
        try handle.close()
    }

    deinit { url.removeDatabase() }
}

extension URL {
    /// Removes the file of a database, and what SQLite left beside it when it was looked into.
    fileprivate func removeDatabase() {
        for ending in ["", "-wal", "-shm", "-journal"] {
            try? FileManager.default.removeItem(atPath: path + ending)
        }
    }
}
