import Foundation

/// Keeps bytes under keys, for what can be fetched again. Keys are relative paths of plain components.
public protocol BlobStore: Sendable {
    /// - Returns: `nil` when there is nothing under the key.
    func blob(at key: String) async throws -> Data?
    /// Stores all of `data` or nothing, in place of what was there.
    func put(_ data: Data, at key: String) async throws
    /// Removing what is not there is no error.
    func remove(_ key: String) async throws
    /// Every key with the size and age of what is under it, in no order.
    func list(under prefix: String) async throws -> [BlobEntry]
}

/// What a store says of one blob.
public struct BlobEntry: Hashable, Sendable {
    public var key: String
    public var byteCount: Int
    public var storedAt: Date

    public init(key: String, byteCount: Int, storedAt: Date) {
        self.key = key
        self.byteCount = byteCount
        self.storedAt = storedAt
    }
}

extension BlobStore {
    /// Removes the oldest blobs until what is left fits.
    ///
    /// - Returns: how many went.
    @discardableResult
    public func prune(under prefix: String, toBytes limit: Int) async throws -> Int {
        let entries = try await list(under: prefix).sorted { ($0.storedAt, $0.key) < ($1.storedAt, $1.key) }
        var total = entries.reduce(0) { $0 + $1.byteCount }
        var count = 0
        for entry in entries where total > limit {
            try await remove(entry.key)
            total -= entry.byteCount
            count += 1
        }
        return count
    }
}

/// A ``BlobStore`` in a folder, readable by its owner alone.
public struct FolderBlobStore: BlobStore {
    /// Why a blob could not be stored or read.
    public enum Failure: Error, Equatable, CustomStringConvertible {
        case invalidKey(String)
        case io(path: String, reason: String)

        public var description: String {
            switch self {
            case .invalidKey(let key):
                "“\(key.prefix(200))” is no key of a blob: plain names between slashes are."
            case .io(let path, let reason):
                "\(path) cannot be used: \(reason). Check the folder's rights and space."
            }
        }
    }

    public let folder: URL

    public init(folder: URL) {
        self.folder = folder
    }

    public func blob(at key: String) async throws -> Data? {
        let file = try file(key)
        do {
            return try Data(contentsOf: file)
        } catch let error as CocoaError
            where error.code == .fileReadNoSuchFile || error.code == .fileNoSuchFile
        {
            return nil
        } catch {
            throw Failure.io(path: file.path, reason: "it cannot be read")
        }
    }

    public func put(_ data: Data, at key: String) async throws {
        let file = try file(key)
        let parent = file.deletingLastPathComponent()
        let temporary = parent.appendingPathComponent(".\(UUID().uuidString).tmp")
        let manager = FileManager.default
        do {
            try manager.createDirectory(
                at: parent, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o600]
            guard manager.createFile(atPath: temporary.path, contents: data, attributes: attributes),
                rename(temporary.path, file.path) == 0
            else { throw CocoaError(.fileWriteUnknown) }
        } catch {
            try? manager.removeItem(at: temporary)
            throw Failure.io(path: file.path, reason: "it cannot be written")
        }
    }

    public func remove(_ key: String) async throws {
        let file = try file(key)
        guard unlink(file.path) == 0 || errno == ENOENT else {
            throw Failure.io(path: file.path, reason: "it cannot be removed")
        }
    }

    public func list(under prefix: String) async throws -> [BlobEntry] {
        let root = try file(prefix)
        var entries: [BlobEntry] = []
        guard let names = FileManager.default.enumerator(atPath: root.path) else { return [] }
        while let name = names.nextObject() as? String {
            let isHidden = name.split(separator: "/").last?.hasPrefix(".") ?? true
            var status = stat()
            guard !isHidden, lstat(root.path + "/" + name, &status) == 0, status.st_mode & S_IFMT == S_IFREG
            else { continue }
            let seconds = Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9
            entries.append(
                BlobEntry(
                    key: "\(prefix)/\(name)", byteCount: Int(status.st_size),
                    storedAt: Date(timeIntervalSince1970: seconds)))
        }
        return entries
    }

    /// The file of a key, which cannot lie outside the folder.
    private func file(_ key: String) throws -> URL {
        let parts = key.split(separator: "/", omittingEmptySubsequences: false)
        let arePlain = parts.allSatisfy { part in
            !part.isEmpty && !part.hasPrefix(".") && part.utf8.count <= 200
                && part.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\\") }
        }
        guard arePlain else { throw Failure.invalidKey(key) }
        return parts.reduce(folder) { $0.appendingPathComponent(String($1)) }
    }
}
