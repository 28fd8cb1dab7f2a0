import Concurrency
import Crypto
import Files
import Foundation

/// A ``BlobStore`` in a folder, readable by its owner alone. Files are read and written on threads that may wait.
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

    private static let executor = BlockingExecutor(label: "millrace.blobs", width: 4)

    public let folder: URL

    public init(folder: URL) {
        self.folder = folder
    }

    public func blob(at key: String) async throws -> Data? {
        try await Self.executor.run { try readBlob(at: key) }
    }

    private func readBlob(at key: String) throws -> Data? {
        let file = try file(key)
        do throws(PagedFile.Errno) {
            let file = try PagedFile(file.path)
            return try file.read(at: 0, count: file.byteCount)
        } catch {
            if error == .noSuchFile { return nil }
            throw Failure.io(path: file.path, reason: "it cannot be read: \(error)")
        }
    }

    public func put(_ data: Data, at key: String) async throws {
        try await Self.executor.run { try write(data, at: key) }
    }

    private func write(_ data: Data, at key: String) throws {
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
        try await Self.executor.run { try unlinkBlob(at: key) }
    }

    private func unlinkBlob(at key: String) throws {
        let file = try file(key)
        guard unlink(file.path) == 0 || errno == ENOENT else {
            throw Failure.io(path: file.path, reason: "it cannot be removed")
        }
    }

    public func list(under prefix: String) async throws -> [BlobEntry] {
        try await Self.executor.run { try entries(under: prefix) }
    }

    private func entries(under prefix: String) throws -> [BlobEntry] {
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

    // MARK: Conditions

    private func tag(_ data: Data) -> String {
        SHA256.hash(data: data).map { String(format: "%02x", $0) }.joined()
    }

    private func replace(_ data: Data, at key: String, ifTag tag: String?) throws -> Bool {
        let file = try file(key)
        let parent = file.deletingLastPathComponent()
        try? FileManager.default.createDirectory(
            at: parent, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        // Others of this machine, and of those that the folder's file system keeps locks for, wait here.
        let lock = open(parent.path + "/.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw Failure.io(path: file.path, reason: "its folder cannot be locked") }
        defer { close(lock) }
        while flock(lock, LOCK_EX) != 0 {
            guard errno == EINTR else {
                throw Failure.io(path: file.path, reason: "its folder cannot be locked")
            }
        }
        guard try readBlob(at: key).map(self.tag) == tag else { return false }
        try write(data, at: key)
        return true
    }
}

extension FolderBlobStore: StreamedBlobStore {
    public func put(_ pieces: PulledSequence<Data>, at key: String) async throws {
        let file = try file(key)
        let new = try await Self.executor.run { try NewFile(beside: file) }
        do {
            for try await piece in pieces { try await Self.executor.run { try new.append(piece) } }
            try await Self.executor.run { try new.finish() }
        } catch {
            await Self.executor.complete { new.discard() }
            throw error
        }
    }

    public func fetch(_ key: String, to target: URL) async throws -> Bool {
        let source = try file(key)
        return try await Self.executor.run {
            guard FileManager.default.fileExists(atPath: source.path) else { return false }
            let temporary = target.path + ".\(UUID().uuidString).partial"
            do {
                try FileManager.default.copyItem(atPath: source.path, toPath: temporary)
                guard rename(temporary, target.path) == 0 else { throw CocoaError(.fileWriteUnknown) }
            } catch {
                try? FileManager.default.removeItem(atPath: temporary)
                throw Failure.io(path: target.path, reason: "it cannot be written")
            }
            return true
        }
    }

    /// A file that is written beside its place, and put there once it is on the disk.
    private final class NewFile: Sendable {
        private let place: String
        private let temporary: String
        private let handle: FileHandle

        init(beside file: URL) throws {
            place = file.path
            let parent = file.deletingLastPathComponent()
            temporary = parent.path + "/.\(UUID().uuidString).tmp"
            let manager = FileManager.default
            try? manager.createDirectory(
                at: parent, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            guard
                manager.createFile(
                    atPath: temporary, contents: nil, attributes: [.posixPermissions: 0o600]),
                let handle = FileHandle(forWritingAtPath: temporary)
            else { throw Failure.io(path: place, reason: "it cannot be written") }
            self.handle = handle
        }

        func append(_ piece: Data) throws {
            do {
                try handle.write(contentsOf: piece)
            } catch {
                throw Failure.io(path: place, reason: "it cannot be written: \(error.localizedDescription)")
            }
        }

        func finish() throws {
            do {
                try handle.synchronize()
                try handle.close()
            } catch {
                throw Failure.io(path: place, reason: "it cannot be written: \(error.localizedDescription)")
            }
            guard rename(temporary, place) == 0 else {
                throw Failure.io(path: place, reason: "it cannot be put there")
            }
        }

        func discard() {
            try? handle.close()
            try? FileManager.default.removeItem(atPath: temporary)
        }
    }
}

extension FolderBlobStore: ConditionalBlobStore {
    public func taggedBlob(at key: String) async throws -> TaggedBlob? {
        try await Self.executor.run {
            try readBlob(at: key).map { TaggedBlob(data: $0, tag: tag($0)) }
        }
    }

    public func put(_ data: Data, at key: String, ifTag tag: String?) async throws -> Bool {
        try await Self.executor.run { try replace(data, at: key, ifTag: tag) }
    }
}
