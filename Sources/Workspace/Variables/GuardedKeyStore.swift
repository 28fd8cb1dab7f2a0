import Foundation

/// Where the keys of a seal are kept when a key elsewhere guards them: encrypted, beside what they seal.
public protocol GuardedKeyStore: Sendable {
    /// What they are called in messages: a file, a database.
    var guardedKeysPlace: String { get }
    /// What was kept last; `nil` where nothing was yet.
    func guardedKeys() async throws -> String?
    /// Keeps `new`, unless something else than `old` is there by now.
    ///
    /// - Returns: whether it did.
    func keepGuardedKeys(_ new: String, insteadOf old: String?) async throws -> Bool
}

/// The file of a data folder with the encrypted keys: `workspace-kms.json`. Waits for the disk.
public struct GuardedKeyFile: GuardedKeyStore {
    /// Its name within the folder.
    public static let fileName = "workspace-kms.json"
    private static let byteLimit = 262_144
    private let path: String

    public init(in folder: URL) {
        path = folder.appendingPathComponent(Self.fileName).path
    }

    public var guardedKeysPlace: String { path }

    public func guardedKeys() throws(WorkspaceError) -> String? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        guard let data = FileManager.default.contents(atPath: path), data.count <= Self.byteLimit,
            let text = String(validating: data, as: UTF8.self)
        else { throw .keyFile(path: path, reason: "it is unreadable, no text, or too long") }
        return text
    }

    /// Processes that do so at once wait for each other.
    public func keepGuardedKeys(
        _ new: String, insteadOf old: String?
    ) throws(WorkspaceError) -> Bool {
        let lock = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0, flock(lock, LOCK_EX) == 0 else {
            let reason = SealKeyFile.systemReason()
            if lock >= 0 { close(lock) }
            throw .keyFile(path: path, reason: reason)
        }
        defer { close(lock) }
        guard try guardedKeys() == old else { return false }
        try SealKeyFile.write(new, to: path, replacing: true)
        return true
    }
}
