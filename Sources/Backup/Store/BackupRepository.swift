import Concurrency
import Corpus
import Crypto
import Foundation
import Synchronization

/// A place that keeps backups: a folder or a bucket, as a `BlobStore`.
///
/// | key | what |
/// |---|---|
/// | `objects/ab/ab…` | a block of some file, named by its SHA-256, or where backups are encrypted by an HMAC of it |
/// | `backups/ID/started` | that a backup is being written; renewed while it is |
/// | `backups/ID/manifest.json` | what the backup holds; it is written last, and without it there is no backup |
/// | `backups/ID/manifest.sealed` | the same, encrypted |
///
/// Backups share their objects: a block that is there is not written again. An object is never changed.
public struct BackupRepository: Sendable {
    /// Blocks are as large as this unless told otherwise.
    public static let standardBlockByteCount = 1 << 20
    static let blockByteLimit = 64 << 20
    /// How long a backup that gives no sign of life counts as being written.
    public static let unfinishedSeconds = 900.0
    /// Requests under way at a time.
    static let width = 8
    static let disk = BlockingExecutor(label: "millrace.backup", width: 4)

    let store: any BlobStore
    /// For messages.
    public let place: String
    let secret: BackupSecret?
    let blockByteCount: Int
    let now: @Sendable () -> Date
    private let keys = KeyCache()

    /// - Parameters:
    ///   - place: what the destination is called in messages.
    ///   - secret: the passphrase of its backups; `nil` where they are not encrypted.
    ///   - blockByteCount: of what is written; each manifest says its own. 1 to 64 MiB.
    public init(
        store: any BlobStore, place: String, secret: BackupSecret? = nil,
        blockByteCount: Int = BackupRepository.standardBlockByteCount,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        precondition((1...Self.blockByteLimit).contains(blockByteCount), "blocks of \(blockByteCount) bytes")
        self.store = store
        self.place = place
        self.secret = secret
        self.blockByteCount = blockByteCount
        self.now = now
    }

    /// Does what asks the store; a failure that is not ours is told as the destination's.
    func asking<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as BackupError {
            throw error
        } catch let error as CancellationError {
            throw error
        } catch {
            try Task.checkCancellation()
            throw BackupError.destination(place: place, reason: "\(error)")
        }
    }

    // MARK: Keys

    /// The key that a passphrase and `derivation` give; each is computed once.
    func key(_ derivation: KeyDerivation) async throws -> BackupKey {
        guard let secret else { throw BackupError.keyNeeded(place: place) }
        return try await Self.disk.run { try keys.key(secret, derivation) }
    }

    // MARK: Objects

    static func isObjectName(_ name: String) -> Bool {
        let digits = name.utf8
        return digits.count == 64
            && digits.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    static func objectKey(_ name: String) -> String { "objects/\(name.prefix(2))/\(name)" }

    /// Names of all objects with the bytes that each has in the store.
    func objects() async throws -> [String: Int] {
        let entries = try await asking { try await store.list(under: "objects") }
        var sizes: [String: Int] = [:]
        for entry in entries {
            guard let name = entry.key.split(separator: "/").last, Self.isObjectName(String(name)) else {
                continue
            }
            sizes[String(name)] = entry.byteCount
        }
        return sizes
    }

    static func name(of block: Data, _ key: BackupKey?) -> String {
        key.map { $0.name(of: block) } ?? SHA256.hash(data: block).hexadecimal
    }

    /// Bytes of an object that holds a block of `byteCount`.
    static func storedByteCount(_ byteCount: Int, _ key: BackupKey?) -> Int {
        guard key != nil else { return byteCount }
        let chunks = max(1, (byteCount + SealedStream.chunkByteCount - 1) / SealedStream.chunkByteCount)
        return byteCount + chunks * SealedStream.tagByteCount
    }

    func put(_ block: Data, as name: String, _ key: BackupKey?) async throws {
        let bytes = try key.map { key in
            try SealedStream.seal(block, key: key.key(ofObject: name), context: Data(name.utf8))
        }
        try await asking { try await store.put(bytes ?? block, at: Self.objectKey(name)) }
    }

    /// The block of `file` at `offset`, checked.
    func block(
        _ name: String, _ key: BackupKey?, of file: String, at offset: Int, byteCount: Int
    ) async throws -> Data {
        let stored = try await asking { try await store.blob(at: Self.objectKey(name)) }
        guard let stored else {
            throw BackupError.missingBlock(object: name, file: file, offset: offset)
        }
        func damaged(_ reason: String) -> BackupError {
            .damagedBlock(object: name, file: file, offset: offset, reason: reason)
        }
        let expected = Self.storedByteCount(byteCount, key)
        guard stored.count == expected else {
            throw damaged("\(stored.count) bytes are stored, and \(expected) were written")
        }
        guard let key else {
            guard SHA256.hash(data: stored).hexadecimal == name else {
                throw damaged("its SHA-256 is another one")
            }
            return stored
        }
        do {
            return try SealedStream.open(stored, key: key.key(ofObject: name), context: Data(name.utf8))
        } catch {
            throw damaged("it does not open with the key that opens the manifest")
        }
    }
}

/// Keys that were derived, by what they were derived with.
private final class KeyCache: Sendable {
    private let keys = Mutex<[KeyDerivation: BackupKey]>([:])

    /// Waits while a key is derived.
    func key(_ secret: BackupSecret, _ derivation: KeyDerivation) throws -> BackupKey {
        try keys.withLock { keys in
            if let key = keys[derivation] { return key }
            let key = try BackupKey(secret, derivation)
            keys[derivation] = key
            return key
        }
    }
}
