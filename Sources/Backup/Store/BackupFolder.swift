import Concurrency
import Corpus
import Foundation

/// A folder as a destination. What is put is on the disk, with its name, before the call returns, and a failure tells
/// a full disk from missing rights.
public struct BackupFolder: BlobStore {
    private static let executor = BlockingExecutor(label: "millrace.backup.destination", width: 4)

    public let folder: URL

    public init(_ folder: URL) {
        self.folder = folder.standardizedFileURL
    }

    public func blob(at key: String) async throws -> Data? {
        let path = try path(key)
        return try await Self.executor.run {
            guard let file = try OpenFile(path) else { return nil }
            return try file.read(at: 0, count: file.byteCount)
        }
    }

    public func put(_ data: Data, at key: String) async throws {
        let path = try path(key)
        try await Self.executor.run {
            try DurableFiles.makeFolder((path as NSString).deletingLastPathComponent)
            try DurableFiles.write(data, to: path)
        }
    }

    public func remove(_ key: String) async throws {
        let path = try path(key)
        try await Self.executor.run {
            guard unlink(path) == 0 || errno == ENOENT else { throw DurableFiles.refusal(path) }
            // A folder of one backup goes with its last file; any other is not empty, or stays empty.
            if key.hasPrefix("backups/") { rmdir((path as NSString).deletingLastPathComponent) }
        }
    }

    public func list(under prefix: String) async throws -> [BlobEntry] {
        let root = try path(prefix)
        return try await Self.executor.run { try Self.entries(root, prefix) }
    }

    private static func entries(_ root: String, _ prefix: String) throws -> [BlobEntry] {
        guard access(root, F_OK) == 0 else { return [] }
        guard access(root, R_OK | X_OK) == 0, let names = FileManager.default.enumerator(atPath: root) else {
            throw BackupError.unreadable(path: root, reason: String(cString: strerror(errno)))
        }
        var entries: [BlobEntry] = []
        while let name = names.nextObject() as? String {
            let isHidden = name.split(separator: "/").last?.hasPrefix(".") ?? true
            var status = stat()
            guard !isHidden, lstat(root + "/" + name, &status) == 0, status.st_mode & S_IFMT == S_IFREG
            else { continue }
            entries.append(
                BlobEntry(
                    key: "\(prefix)/\(name)", byteCount: Int(status.st_size),
                    storedAt: Date(timeIntervalSince1970: Double(status.st_mtim.tv_sec))))
        }
        return entries
    }

    private func path(_ key: String) throws(BackupError) -> String {
        let parts = key.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty && !$0.hasPrefix(".") }) else {
            throw .destination(place: folder.path, reason: "“\(key.prefix(200))” is no key of a blob.")
        }
        return folder.path + "/" + key
    }
}
