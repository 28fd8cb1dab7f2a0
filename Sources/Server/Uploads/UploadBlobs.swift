import Concurrency
import Corpus
import Crypto
import Foundation
import Glibc
import Workspace

/// Where unfinished uploads lie that any process may go on with.
///
/// | key | |
/// |---|---|
/// | `open/OWNER/ID` | what is known of an upload, as JSON; written under the condition that it is as it was read |
/// | `parts/OWNER/ID/NAME` | a part of its bytes, of as many as the record names |
/// | `ended/OWNER/ID` | what became of one that has ended |
///
/// `OWNER` is a digest. A record names a part only after the part is stored, so that the bytes of a record are always
/// there; a part that no record names came with a request that nobody was told the end of. Who appends has put its name into the
/// record, and writes it anew with every part: once another name stands there, nothing that it brings counts.
final class UploadBlobs: UploadPlace {
    typealias Store = ConditionalBlobStore & StreamedBlobStore

    static let executor = BlockingExecutor(label: "millrace.shared-uploads", width: 4)
    private static let pieceBytes = 262_144
    /// Records that are read at a time.
    private static let width = 8

    let store: any Store
    let spool: URL
    let now: @Sendable () -> Date

    init(store: any Store, spool: URL, now: @escaping @Sendable () -> Date) {
        self.store = store
        self.spool = spool
        self.now = now
    }

    // MARK: Keys

    private static func name(of owner: Owner) -> String {
        let digest = SHA256.hash(data: Data("\(owner.tenant)\n\(owner.name)".utf8))
        return digest.prefix(16).map { String(format: "%02x", $0) }.joined()
    }

    static func openKey(_ id: String, _ owner: Owner) -> String { "open/\(name(of: owner))/\(id)" }
    static func partsKey(_ id: String, _ owner: Owner) -> String { "parts/\(name(of: owner))/\(id)" }
    static func endedKey(_ id: String, _ owner: Owner) -> String { "ended/\(name(of: owner))/\(id)" }

    /// Does what asks the store, whose failures are told as its own.
    static func told<Value>(
        isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Value
    ) async throws -> Value {
        do {
            return try await body()
        } catch let error where error is UploadFault || error is CancellationError || error is RequestFault {
            throw error
        } catch {
            throw UploadFault.unreachable(reason: "\(error)")
        }
    }

    // MARK: Records

    static func decode(_ data: Data?) -> UploadRecord? {
        data.flatMap { try? JSONDecoder().decode(UploadRecord.self, from: $0) }
    }

    func create(
        _ upload: UploadRecord, admits: @escaping @Sendable ([UploadRecord], _ all: Int) throws -> Void
    ) async throws {
        let key = Self.openKey(upload.id, upload.owner)
        try await Self.told {
            _ = try await store.put(try JSONEncoder().encode(upload), at: key, ifTag: nil)
        }
        // Looked for once it is there: of two processes that take the last place at once, none may miss the other.
        do {
            let (own, all) = try await Self.told {
                (
                    try await unfinished(of: upload.owner).filter { $0.id != upload.id },
                    try await store.list(under: "open").count - 1
                )
            }
            try admits(own, all)
        } catch {
            await Task { [store] in try? await store.remove(key) }.value
            throw error
        }
    }

    func load(_ id: String, of owner: Owner) async throws -> UploadRecord? {
        guard UUID(uuidString: id) != nil, id == id.lowercased() else { return nil }
        return try await Self.told {
            for key in [Self.openKey(id, owner), Self.endedKey(id, owner)] {
                guard let upload = Self.decode(try await store.blob(at: key)), upload.id == id,
                    upload.owner == owner
                else { continue }
                return upload
            }
            return nil
        }
    }

    func unfinished(of owner: Owner) async throws -> [UploadRecord] {
        try await Self.told {
            let keys = try await store.list(under: "open/\(Self.name(of: owner))").map(\.key)
            let records = try await keys.boundedMap(width: Self.width) { [store] key in
                Self.decode(try await store.blob(at: key))
            }
            return records.compactMap(\.self).filter { $0.owner == owner && !$0.isComplete }
        }
    }

    func remove(_ upload: UploadRecord) async {
        // Outlives the request that asks for it.
        await Task {
            for key in [
                Self.openKey(upload.id, upload.owner), Self.endedKey(upload.id, upload.owner),
            ] { try? await store.remove(key) }
            await removeParts(of: upload)
        }.value
    }

    func removeParts(of upload: UploadRecord) async {
        let parts = try? await store.list(under: Self.partsKey(upload.id, upload.owner))
        for part in parts ?? [] { try? await store.remove(part.key) }
    }

    // MARK: Turns

    func open(_ upload: UploadRecord) async throws -> any UploadHold {
        try await UploadBlobHold.take(upload, in: self)
    }

    func interrupt(_ upload: UploadRecord) async throws -> Bool {
        let key = Self.openKey(upload.id, upload.owner)
        return try await Self.told {
            // Each time somebody was in between: the holder, which is slower than this.
            for _ in 0..<20 {
                guard let found = try await store.taggedBlob(at: key),
                    var record = Self.decode(found.data), record.holder != nil
                else { return true }
                if record.isCompleting == true, let end = record.heldUntil, end > now() { return false }
                record.letGo()
                if try await store.put(try JSONEncoder().encode(record), at: key, ifTag: found.tag) {
                    return true
                }
            }
            throw UploadFault.inUse
        }
    }

    // MARK: Bytes

    func pieces(of upload: UploadRecord) -> PulledSequence<Data> {
        PulledSequence { [self] in
            var parts = (upload.parts ?? []).makeIterator()
            var file: SpooledPart?
            var offset = 0
            return {
                while true {
                    if let current = file, offset < current.byteCount {
                        let (start, count) = (offset, min(Self.pieceBytes, current.byteCount - offset))
                        let piece = try await Self.executor.run { try current.read(at: start, count: count) }
                        offset += piece.count
                        return piece
                    }
                    guard let part = parts.next() else { return nil }
                    file = try await self.fetch(part, of: upload)
                    offset = 0
                }
            }
        }
    }

    private func fetch(_ part: UploadRecord.Part, of upload: UploadRecord) async throws -> SpooledPart {
        let file = try await newSpoolFile()
        let key = Self.partsKey(upload.id, upload.owner) + "/" + part.name
        return try await Self.told {
            guard try await store.fetch(key, to: file) else {
                throw UploadFault.unreachable(reason: "\(key) is gone")
            }
            return try await Self.executor.run { try SpooledPart(file, byteCount: part.byteCount) }
        }
    }

    /// The place of a file for what is under way.
    func newSpoolFile() async throws -> URL {
        let spool = spool
        return try await Self.executor.complete {
            do {
                try FileManager.default.createDirectory(
                    at: spool, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            } catch {
                throw UploadFolder.fault(spool.path, EIO, error.localizedDescription)
            }
            return spool.appendingPathComponent(UUID().uuidString.lowercased())
        }
    }

    // MARK: Tidying up

    func forgetEnded(of owner: Owner, besides kept: Int) async {
        let ended = try? await store.list(under: "ended/\(Self.name(of: owner))")
        let oldest = (ended ?? []).sorted { ($0.storedAt, $0.key) < ($1.storedAt, $1.key) }
        for entry in oldest.dropLast(kept) { try? await store.remove(entry.key) }
    }

    func sweep(
        at time: Date, kept: Duration, isLive: @Sendable (String) -> Bool
    ) async throws -> [UploadRecord] {
        let before = time.addingTimeInterval(-(kept / .seconds(1)))
        await removeSpooled(before: before)
        return try await Self.told {
            // Parts first: a record that comes after this is not among those that are looked for.
            let parts = try await store.list(under: "parts")
            let open = try await store.list(under: "open")
            var over: [UploadRecord] = []
            for entry in open where entry.storedAt <= before {
                guard let upload = Self.decode(try await store.blob(at: entry.key)), upload.expiresAt <= time,
                    !isLive(upload.id)
                else { continue }
                await remove(upload)
                if !upload.isComplete { over.append(upload) }
            }
            for entry in try await store.list(under: "ended") where entry.storedAt <= before {
                try await store.remove(entry.key)
            }
            let there = Set(open.map { $0.key.dropFirst("open/".count) })
            for part in parts where part.storedAt <= before {
                let upload = part.key.dropFirst("parts/".count).split(separator: "/").prefix(2)
                if !there.contains(upload.joined(separator: "/")[...]) { try await store.remove(part.key) }
            }
            return over
        }
    }

    /// Of processes of this folder that ended in between.
    private func removeSpooled(before time: Date) async {
        await Self.executor.complete { [spool] in
            let manager = FileManager.default
            for name in (try? manager.contentsOfDirectory(atPath: spool.path)) ?? [] {
                let path = spool.appendingPathComponent(name).path
                let changed = (try? manager.attributesOfItem(atPath: path))?[.modificationDate] as? Date
                if let changed, changed < time { try? manager.removeItem(atPath: path) }
            }
        }
    }
}

/// A part that was fetched, whose file has no name any more.
private final class SpooledPart: Sendable {
    let byteCount: Int
    private let file: OpenFile

    /// Blocks.
    init(_ url: URL, byteCount: Int) throws {
        defer { try? FileManager.default.removeItem(at: url) }
        file = try OpenFile(url.path)
        self.byteCount = byteCount
        guard file.length == byteCount else {
            throw UploadFault.unreachable(
                reason: "a part has \(file.length) bytes of the \(byteCount) that were written")
        }
    }

    /// Blocks.
    func read(at offset: Int, count: Int) throws -> Data { try file.read(at: offset, count: count) }
}

extension UploadRecord {
    /// Nobody appends any more.
    mutating func letGo() {
        holder = nil
        heldUntil = nil
        isCompleting = nil
    }
}
