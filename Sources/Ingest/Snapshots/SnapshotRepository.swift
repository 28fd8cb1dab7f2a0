import Corpus
import Foundation

/// A place that keeps snapshots of the indexes over one database: a folder or a bucket.
///
/// | key | what |
/// |---|---|
/// | `indexes/CORPUS/objects/SHA256` | a block of some file, named by its content; never changed |
/// | `indexes/CORPUS/FINGERPRINT/manifest-GENERATION-SHA` | what a snapshot is made of; never changed |
/// | `indexes/CORPUS/FINGERPRINT/current` | which manifest is the newest; written last, and only over the one that its writer has read |
///
/// Snapshots share their objects: a block that is there is not written again.
public struct SnapshotRepository: Sendable {
    /// Blocks under way at a time, and so in memory.
    static let width = 4
    private static let attemptLimit = 8

    let store: any ConditionalBlobStore
    /// For messages.
    public let place: String
    let corpus: String
    let fingerprint: SnapshotFingerprint
    let now: @Sendable () -> Date

    /// - Parameters:
    ///   - place: what the store is called in messages.
    ///   - corpus: the identity of the database.
    public init(
        store: any ConditionalBlobStore, place: String, corpus: String, fingerprint: SnapshotFingerprint,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.store = store
        self.place = place
        self.corpus = corpus
        self.fingerprint = fingerprint
        self.now = now
    }

    // MARK: Keys

    var root: String { "indexes/\(corpus)" }
    private var home: String { "\(root)/\(fingerprint)" }
    var currentKey: String { "\(home)/current" }

    func objectKey(_ name: String) -> String { "\(root)/objects/\(name)" }
    func manifestKey(_ name: String) -> String { "\(home)/\(name)" }

    static func manifestName(generation: Int64, sha256: String) -> String {
        let digits = String(generation)
        let padded = String(repeating: "0", count: max(0, 20 - digits.count)) + digits
        return "manifest-\(padded)-\(sha256.prefix(8))"
    }

    /// Does what asks the store; a failure that is not ours is told as the place's.
    func asking<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as IndexSnapshotError {
            throw error
        } catch let error as CancellationError {
            throw error
        } catch let error as DamagedBlob {
            throw IndexSnapshotError.damaged(object: error.place, reason: error.reason)
        } catch {
            try Task.checkCancellation()
            throw IndexSnapshotError.unreachable(place: place, reason: "\(error)")
        }
    }

    // MARK: Reading

    /// The key of the manifest that a `current` names; `nil` where there is none, or it is no such thing.
    func newestManifest(ofCurrent key: String) async throws -> String? {
        guard let data = try await asking({ try await store.blob(at: key) }),
            let snapshot = try? JSONDecoder().decode(PublishedSnapshot.self, from: data)
        else { return nil }
        return "\(key.dropLast("current".count))\(snapshot.manifest)"
    }

    /// The newest snapshot of these settings; `nil` where there is none.
    public func current() async throws -> PublishedSnapshot? {
        try await taggedCurrent()?.snapshot
    }

    /// - Returns: a `current` that is no such thing has no snapshot, but a tag: a new one may take its place.
    private func taggedCurrent() async throws -> (snapshot: PublishedSnapshot?, tag: String)? {
        let blob = try await asking { try await store.taggedBlob(at: currentKey) }
        return blob.map { (try? JSONDecoder().decode(PublishedSnapshot.self, from: $0.data), $0.tag) }
    }

    /// The manifest of a snapshot, checked.
    public func manifest(of snapshot: PublishedSnapshot) async throws -> SnapshotManifest {
        let key = manifestKey(snapshot.manifest)
        guard snapshot.manifest.hasPrefix("manifest-"), !snapshot.manifest.contains("/") else {
            throw IndexSnapshotError.damaged(object: currentKey, reason: "it names no manifest")
        }
        guard let data = try await asking({ try await store.blob(at: key) }) else {
            throw IndexSnapshotError.missing(object: key)
        }
        guard data.count <= SnapshotManifest.manifestByteLimit,
            SnapshotObject.name(of: data) == snapshot.sha256
        else { throw IndexSnapshotError.damaged(object: key, reason: "its SHA-256 is another one") }
        return try SnapshotManifest(parsing: data, object: key)
    }

    /// The block of an object, checked.
    func block(_ name: String, byteCount: Int) async throws -> Data {
        let key = objectKey(name)
        guard let data = try await asking({ try await store.blob(at: key) }) else {
            throw IndexSnapshotError.missing(object: key)
        }
        guard data.count == byteCount else {
            throw IndexSnapshotError.damaged(
                object: key, reason: "it has \(data.count) bytes; \(byteCount) were written")
        }
        guard SnapshotObject.name(of: data) == name else {
            throw IndexSnapshotError.damaged(object: key, reason: "its SHA-256 is another one")
        }
        return data
    }

    /// How many snapshots of the corpus there are by other settings.
    func otherCount() async throws -> Int {
        let entries = try await asking { try await store.list(under: root) }
        return entries.filter { $0.key.hasSuffix("/current") && $0.key != currentKey }.count
    }

    // MARK: Writing

    func put(_ manifest: SnapshotManifest) async throws -> PublishedSnapshot {
        let data = try manifest.encoded()
        let sha256 = SnapshotObject.name(of: data)
        let name = Self.manifestName(generation: manifest.generation, sha256: sha256)
        try await asking { try await store.put(data, at: manifestKey(name)) }
        return PublishedSnapshot(
            manifest: name, sha256: sha256, generation: manifest.generation, sequence: manifest.sequence,
            level: manifest.level, publishedAt: manifest.publishedAt)
    }

    /// Makes a snapshot the newest, unless another one that is newer is there.
    ///
    /// - Parameter change: the database's last change as it is when this is asked: a snapshot beyond it is of a state
    ///   that the database has lost, and is replaced.
    /// - Returns: the newest snapshot: this one, or the newer one.
    public func advance(
        to snapshot: PublishedSnapshot, change: () async throws -> Int64
    ) async throws -> PublishedSnapshot {
        let data = try JSONEncoder().encode(snapshot)
        for _ in 0..<Self.attemptLimit {
            let found = try await taggedCurrent()
            if let other = found?.snapshot {
                // Ours, too, where the answer to its writing was lost.
                if other == snapshot { return other }
                // Asked after the other one was read: it was published of a state that the database had.
                let last = try await change()
                if other.level > snapshot.level, other.sequence <= last { return other }
            }
            let isWritten = try await asking {
                try await store.put(data, at: currentKey, ifTag: found?.tag)
            }
            if isWritten { return snapshot }
        }
        throw IndexSnapshotError.unreachable(
            place: place, reason: "\(currentKey) changed each time that it was to be replaced")
    }
}
