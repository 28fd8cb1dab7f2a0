import Corpus
import Foundation

/// A backup as a listing shows it.
public struct BackupSummary: Hashable, Sendable {
    public enum State: Hashable, Sendable {
        case finished
        /// Begun and not ended, with the time of its last sign of life.
        case unfinished(lastSign: Date)
    }

    public var id: BackupID
    public var state: State
    /// Whether it is encrypted; unknown, and `false`, while it is unfinished.
    public var isEncrypted: Bool
}

extension BackupRepository {
    private static let plainName = "manifest.json"
    private static let sealedName = "manifest.sealed"
    private static let markerName = "started"
    /// How many manifests are tried for one that is sound.
    private static let attemptLimit = 16

    private static func key(_ id: BackupID, _ name: String) -> String { "backups/\(id)/\(name)" }

    /// Every backup, finished or not, the newest first.
    public func list() async throws -> [BackupSummary] {
        let entries = try await asking { try await store.list(under: "backups") }
        var summaries: [BackupID: BackupSummary] = [:]
        for entry in entries {
            let parts = entry.key.split(separator: "/")
            guard parts.count == 3, let id = BackupID(String(parts[1])) else { continue }
            switch String(parts[2]) {
            case Self.plainName: summaries[id] = BackupSummary(id: id, state: .finished, isEncrypted: false)
            case Self.sealedName: summaries[id] = BackupSummary(id: id, state: .finished, isEncrypted: true)
            case Self.markerName where summaries[id] == nil:
                summaries[id] = BackupSummary(
                    id: id, state: .unfinished(lastSign: entry.storedAt), isEncrypted: false)
            default: break
            }
        }
        return summaries.values.sorted { $0.id > $1.id }
    }

    /// The backup that `text` names, or the newest one for `latest`.
    ///
    /// - Throws: ``BackupError/noBackups(place:)``, ``BackupError/unknownBackup(id:place:)`` or
    ///   ``BackupError/unfinished(id:)``.
    public func find(_ text: String = "latest") async throws -> BackupSummary {
        let all = try await list()
        if text == "latest" {
            guard let newest = all.first(where: { $0.state == .finished }) else {
                throw BackupError.noBackups(place: place)
            }
            return newest
        }
        guard let found = all.first(where: { $0.id.text == text }) else {
            throw BackupError.unknownBackup(id: text, place: place)
        }
        guard found.state == .finished else { throw BackupError.unfinished(id: text) }
        return found
    }

    /// The manifest of a finished backup, checked.
    public func manifest(of backup: BackupSummary) async throws -> BackupManifest {
        try await opened(backup).manifest
    }

    /// The manifest and the key of its objects, which is `nil` where it is not encrypted.
    func opened(_ backup: BackupSummary) async throws -> (manifest: BackupManifest, key: BackupKey?) {
        let id = backup.id
        let name = backup.isEncrypted ? Self.sealedName : Self.plainName
        let stored = try await asking { try await store.blob(at: Self.key(id, name)) }
        guard let stored else { throw BackupError.unknownBackup(id: id.text, place: place) }
        guard backup.isEncrypted else { return (try BackupManifest(parsing: stored, id: id), nil) }
        let sealed = try SealedManifest(parsing: stored, id: id)
        let key = try await key(sealed.header.scrypt)
        let bytes: Data
        do {
            bytes = try sealed.open(key)
        } catch {
            throw BackupError.wrongKey(id: id.text, place: place)
        }
        return (try BackupManifest(parsing: bytes, id: id), key)
    }

    /// What a new backup goes on from: the key of those that are there, and the newest sound one among them.
    ///
    /// - Throws: ``BackupError/keyNeeded(place:)``, ``BackupError/keyNotUsed(place:)`` or
    ///   ``BackupError/wrongKey(id:place:)``: backups of one destination share one key, or none.
    func continuation() async throws -> (key: BackupKey?, previous: BackupManifest?) {
        let finished = try await list().filter { $0.state == .finished }
        guard let newest = finished.first else {
            return (secret == nil ? nil : try await key(KeyDerivation()), nil)
        }
        guard newest.isEncrypted == (secret != nil) else {
            throw newest.isEncrypted
                ? BackupError.keyNeeded(place: place) : BackupError.keyNotUsed(place: place)
        }
        var refusal: BackupError?
        for backup in finished.prefix(Self.attemptLimit) where backup.isEncrypted == newest.isEncrypted {
            do {
                let (manifest, key) = try await opened(backup)
                return (key, manifest)
            } catch let error as BackupError {
                // A damaged manifest and a wrong key look the same, so an older one is tried.
                guard error.isDamage || error == .wrongKey(id: backup.id.text, place: place) else {
                    throw error
                }
                refusal = refusal ?? error
            }
        }
        // Plain backups need no key of older ones; encrypted ones cannot go on without it.
        if let refusal, newest.isEncrypted { throw refusal }
        return (nil, nil)
    }

    /// Says that a backup is being written, at its beginning and again while it goes on.
    func mark(_ id: BackupID) async throws {
        try await asking { try await store.put(Data("started\n".utf8), at: Self.key(id, Self.markerName)) }
    }

    func unmark(_ id: BackupID) async throws {
        try await asking { try await store.remove(Self.key(id, Self.markerName)) }
    }

    /// Makes a backup of what was written so far.
    func finish(_ manifest: BackupManifest, _ id: BackupID, _ key: BackupKey?) async throws {
        let plain = try manifest.encoded()
        let bytes = try key.map { try SealedManifest.bytes(plain, id: id, key: $0) }
        let name = key == nil ? Self.plainName : Self.sealedName
        try await asking { try await store.put(bytes ?? plain, at: Self.key(id, name)) }
        try await unmark(id)
    }

    /// Unmakes a backup; its objects stay.
    func removeManifest(of id: BackupID) async throws {
        for name in [Self.plainName, Self.sealedName, Self.markerName] {
            try await asking { try await store.remove(Self.key(id, name)) }
        }
    }
}
