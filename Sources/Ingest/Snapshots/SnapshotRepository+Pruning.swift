import Concurrency
import Corpus
import Foundation

/// What a pruning removed.
public struct SnapshotPruning: Hashable, Sendable {
    public internal(set) var manifestCount = 0
    /// Fingerprints that nobody has used for long, whose snapshots went.
    public internal(set) var fingerprintCount = 0
    public internal(set) var objectCount = 0
    public internal(set) var byteCount = 0
    /// Manifests that could not be read, and why. Those that were old, and the newest of nobody, went too.
    public internal(set) var unreadable: [IndexSnapshotError] = []
}

extension SnapshotRepository {
    /// The newest snapshots of each fingerprint, which stay whatever their age.
    public static let keptSnapshots = 3
    /// How old what no snapshot needs must be before it goes: a publisher or a fetching node may be at it still.
    public static let keptSeconds = 86_400.0
    /// How long no snapshot of a fingerprint must have been published before those that there are go.
    public static let unusedSeconds = 30 * 86_400.0

    /// Objects of the corpus with their size and age.
    func objects() async throws -> [String: BlobEntry] {
        let entries = try await asking { try await store.list(under: "\(root)/objects") }
        var found: [String: BlobEntry] = [:]
        for entry in entries {
            guard let name = entry.key.split(separator: "/").last, SnapshotObject.isName(String(name)) else {
                continue
            }
            found[String(name)] = entry
        }
        return found
    }

    /// Whether an object will be there when the snapshot that counts on it is published: it is so fresh that no pruning
    /// takes it for left over.
    func isFresh(_ entry: BlobEntry) -> Bool {
        now().timeIntervalSince(entry.storedAt) < Self.keptSeconds / 2
    }

    /// What the newest snapshots of every fingerprint need, as far as they can be read.
    func neededObjects() async throws -> Set<String> {
        let entries = try await asking { try await store.list(under: root) }
        return try await kept(entries).objects
    }

    /// Removes manifests beyond the newest ones and objects that no manifest needs, once they are a day old; and every
    /// snapshot of another fingerprint that was published last ``unusedSeconds`` ago and that nobody uses.
    ///
    /// What names manifests goes before these, and they before objects, so that a kill leaves no name without its manifest
    /// and no manifest without its blocks. A damaged manifest, which nobody can use, keeps no blocks and no others from
    /// being removed. What one of a newer format needs is not known here: all blocks stay then, for a newer version to
    /// look through.
    ///
    /// - Parameter isUsed: whether a process is there that begins from snapshots of a fingerprint, by its text.
    @discardableResult
    func prune(
        isUsed: (_ fingerprint: String) async throws -> Bool = { _ in false }
    ) async throws -> SnapshotPruning {
        let all = try await asking { try await store.list(under: root) }
        let unused = try await unusedHomes(all, isUsed)
        let kept = try await kept(all.filter { !unused.contains(home(of: $0.key)) })
        var outcome = SnapshotPruning()
        outcome.fingerprintCount = unused.count
        outcome.unreadable = kept.unreadable
        for entry in all where entry.key.hasSuffix("/current") && unused.contains(home(of: entry.key)) {
            try await asking { try await store.remove(entry.key) }
        }
        for entry in all where isManifest(entry.key) && !kept.manifests.contains(entry.key) {
            try await asking { try await store.remove(entry.key) }
            outcome.manifestCount += 1
        }
        guard !kept.needsUnknown else { return outcome }
        let surplus = try await objects().filter { !kept.objects.contains($0.key) && isOld($0.value) }
        _ = try await surplus.values.map(\.key).sorted().boundedMap(width: Self.width) { key in
            try await self.asking { try await self.store.remove(key) }
        }
        outcome.objectCount = surplus.count
        outcome.byteCount = surplus.values.reduce(0) { $0 + $1.byteCount }
        return outcome
    }

    private func isOld(_ entry: BlobEntry) -> Bool {
        now().timeIntervalSince(entry.storedAt) >= Self.keptSeconds
    }

    /// The fingerprint that a key is of; `objects` for blocks.
    private func home(of key: String) -> Substring { key.split(separator: "/").dropLast().last ?? "" }

    /// Other fingerprints than this one whose manifests and name are all old, and that nobody uses.
    private func unusedHomes(
        _ entries: [BlobEntry], _ isUsed: (_ fingerprint: String) async throws -> Bool
    ) async throws -> Set<Substring> {
        let named = entries.filter { isManifest($0.key) || $0.key.hasSuffix("/current") }
        var unused: Set<Substring> = []
        for (home, files) in Dictionary(grouping: named, by: { home(of: $0.key) })
        where home != fingerprint.text {
            let isLeft = files.allSatisfy { now().timeIntervalSince($0.storedAt) >= Self.unusedSeconds }
            if isLeft, try await !isUsed(String(home)) { unused.insert(home) }
        }
        return unused
    }

    private func isManifest(_ key: String) -> Bool {
        key.split(separator: "/").last?.hasPrefix("manifest-") == true
    }

    // MARK: What stays

    private struct Kept {
        /// The keys of manifests.
        var manifests: Set<String> = []
        /// The names of what they need.
        var objects: Set<String> = []
        /// Whether one of them needs what cannot be told here.
        var needsUnknown = false
        var unreadable: [IndexSnapshotError] = []
    }

    /// The manifests that stay, and what they need: those that somebody would fetch now, the newest of each fingerprint that
    /// can be read, and those that are young.
    private func kept(_ entries: [BlobEntry]) async throws -> Kept {
        var named: Set<String> = []
        for entry in entries where entry.key.hasSuffix("/current") {
            if let key = try await newestManifest(ofCurrent: entry.key) { named.insert(key) }
        }
        let manifests = entries.filter { isManifest($0.key) }
        let homes = Dictionary(grouping: manifests) { home(of: $0.key) }
        var kept = Kept()
        for group in homes.values {
            var place = 0
            for entry in group.sorted(by: { ($0.storedAt, $0.key) > ($1.storedAt, $1.key) }) {
                let mustStay = !isOld(entry) || named.contains(entry.key)
                guard mustStay || place < Self.keptSnapshots else { continue }
                switch try await needs(of: entry.key) {
                case .objects(let objects): kept.objects.formUnion(objects)
                case .absent: break
                case .newer(let error):
                    kept.needsUnknown = true
                    kept.unreadable.append(error)
                case .damaged(let error):
                    kept.unreadable.append(error)
                    if mustStay { kept.manifests.insert(entry.key) }
                    continue
                }
                kept.manifests.insert(entry.key)
                place += 1
            }
        }
        return kept
    }

    /// What a manifest needs, where it can be told.
    private enum Needs {
        case objects(Set<String>)
        /// It was removed meanwhile.
        case absent
        case newer(IndexSnapshotError)
        case damaged(IndexSnapshotError)
    }

    private func needs(of key: String) async throws -> Needs {
        do {
            guard let data = try await asking({ try await store.blob(at: key) }) else { return .absent }
            // Its name ends as its SHA-256 begins; see ``manifestName(generation:sha256:)``.
            guard data.count <= SnapshotManifest.manifestByteLimit,
                key.hasSuffix("-\(SnapshotObject.name(of: data).prefix(8))")
            else {
                return .damaged(.damaged(object: key, reason: "its SHA-256 is another one than its name's"))
            }
            return .objects(try SnapshotManifest(parsing: data, object: key).objects)
        } catch let error as IndexSnapshotError {
            switch error {
            case .damaged: return .damaged(error)
            case .newerFormat: return .newer(error)
            default: throw error
            }
        }
    }
}
