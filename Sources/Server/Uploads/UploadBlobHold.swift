import Concurrency
import Corpus
import Foundation
import Glibc

/// The right to go on with an upload that lies where all processes see it.
///
/// Its name stands in the record, which it writes anew with every part under the condition that the record is as it last
/// wrote it. Where another name stands there, or none, the right is lost. A process that ends without a word loses it a minute later.
///
/// What has come of a part lies in a file of this process until the part is stored.
actor UploadBlobHold: UploadHold {
    /// For which others leave the upload alone without a sign of life.
    static let lease: TimeInterval = 60
    /// Between two signs of life of a whole that is worked on.
    private static let renewal = Duration.seconds(20)
    /// After which a part is stored although it is small: that, too, is a sign of life.
    private static let longest = Duration.seconds(15)

    private let place: UploadBlobs
    private let token = UUID().uuidString.lowercased()
    private let key: String
    private var record: UploadRecord
    private var tag: String
    private var spooled: (file: URL, content: UploadContent, byteCount: Int)?
    private var settledAt = ContinuousClock.now
    private var renewing: Task<Void, Never>?
    private var isReleased = false

    private init(_ place: UploadBlobs, _ record: UploadRecord, key: String, tag: String) {
        self.place = place
        self.record = record
        self.key = key
        self.tag = tag
    }

    /// Takes the right, unless another request has it.
    ///
    /// - Throws: ``UploadFault/inUse``, also where the upload has changed since it was loaded.
    static func take(_ upload: UploadRecord, in place: UploadBlobs) async throws -> UploadBlobHold {
        let key = UploadBlobs.openKey(upload.id, upload.owner)
        let found = try await UploadBlobs.told { try await place.store.taggedBlob(at: key) }
        guard let found, var record = UploadBlobs.decode(found.data) else {
            throw ResumableUploads.absent(upload.id)
        }
        if record.holder != nil, let end = record.heldUntil, end > place.now() { throw UploadFault.inUse }
        // What it was judged by must be what is there.
        guard record.offset == upload.offset, record.parts == upload.parts, !record.isComplete else {
            throw UploadFault.inUse
        }
        record.letGo()
        record.length = upload.length
        let hold = UploadBlobHold(place, record, key: key, tag: found.tag)
        try await hold.sign()
        return hold
    }

    /// Puts its name into the record, for a minute from now on.
    private func sign() async throws { try await write(record) }

    var isDue: Bool { spooled != nil && settledAt.duration(to: .now) > Self.longest }

    // MARK: Bytes

    func append(_ piece: Data) async throws {
        if spooled == nil {
            let file = try await place.newSpoolFile()
            let content = try await UploadBlobs.executor.complete { try UploadContent(file.path, count: 0) }
            spooled = (file, content, 0)
        }
        guard let content = spooled?.content else { return }
        try await UploadBlobs.executor.complete { try content.append(piece) }
        spooled?.byteCount += piece.count
    }

    func settle(_ upload: inout UploadRecord, isLast: Bool) async throws {
        let wanted = upload
        // What has come is stored although the request is over, or its client gone.
        upload = try await Task { try await self.settled(wanted, isLast: isLast) }.value
    }

    private func settled(_ wanted: UploadRecord, isLast: Bool) async throws -> UploadRecord {
        var upload = wanted
        upload.parts = record.parts
        if let part = try await storeSpooled() { upload.parts = (upload.parts ?? []) + [part] }
        // What came of a part that could not be stored is not there, whatever the request has counted.
        upload.offset = (upload.parts ?? []).reduce(0) { $0 + $1.byteCount }
        try await write(upload, isLast: isLast)
        settledAt = .now
        return record
    }

    /// - Returns: `nil` where nothing has come.
    private func storeSpooled() async throws -> UploadRecord.Part? {
        guard let (file, _, byteCount) = spooled else { return nil }
        spooled = nil
        defer { unlink(file.path) }
        guard byteCount > 0 else { return nil }
        // Never the name of another's part.
        let name = "\((record.parts ?? []).count)-\(UUID().uuidString.lowercased())"
        let partKey = UploadBlobs.partsKey(record.id, record.owner) + "/" + name
        let pieces = PulledSequence<Data>(beginning: {
            let open = try await UploadBlobs.executor.run { try OpenFile(file.path) }
            var offset = 0
            return {
                let (start, count) = (offset, min(262_144, byteCount - offset))
                guard count > 0 else { return nil }
                let piece = try await UploadBlobs.executor.run { try open.read(at: start, count: count) }
                offset += piece.count
                return piece
            }
        })
        try await UploadBlobs.told { try await place.store.put(pieces, at: partKey) }
        return UploadRecord.Part(name: name, byteCount: byteCount)
    }

    // MARK: The record

    /// Writes the record with this hold's name, or without any.
    ///
    /// - Throws: ``UploadFault/inUse`` when the right is lost.
    private func write(_ upload: UploadRecord, isLast: Bool = false) async throws {
        var wanted = upload
        if isLast {
            wanted.letGo()
        } else {
            wanted.holder = token
            wanted.heldUntil = place.now().addingTimeInterval(Self.lease)
            wanted.isCompleting = record.isCompleting
        }
        let written = wanted
        let data = try JSONEncoder().encode(written)
        try await UploadBlobs.told {
            for _ in 0..<3 {
                // An answer that was lost may say that it did not go well: what is there decides.
                if try await place.store.put(data, at: key, ifTag: tag), isLast { return }
                guard let found = try await place.store.taggedBlob(at: key) else { throw UploadFault.inUse }
                if found.data == data {
                    tag = found.tag
                    return
                }
                // As long as this name stands there nobody else has written.
                guard UploadBlobs.decode(found.data)?.holder == token, found.tag != tag else {
                    throw UploadFault.inUse
                }
                tag = found.tag
            }
            throw UploadFault.inUse
        }
        record = written
        isReleased = isLast
    }

    func beginCompletion() async throws {
        record.isCompleting = true
        try await write(record)
        renewing = Task { [weak self] in
            while (try? await Task.sleep(for: Self.renewal)) != nil {
                // One that fails is made up for by the next, until the right is lost.
                try? await self?.sign()
            }
        }
    }

    func end(_ upload: UploadRecord) async {
        await stopRenewing()
        await Task { await self.ended(upload) }.value
    }

    private func ended(_ upload: UploadRecord) async {
        var ended = upload
        ended.parts = nil
        ended.letGo()
        try? await write(ended, isLast: true)
        // Whether or not the record says so by now: it was carried out, and must not be again.
        let store = place.store
        if let data = try? JSONEncoder().encode(ended) {
            try? await store.put(data, at: UploadBlobs.endedKey(upload.id, upload.owner))
        }
        try? await store.remove(key)
        await place.removeParts(of: upload)
        isReleased = true
    }

    func release() async {
        await stopRenewing()
        if let file = spooled?.file { unlink(file.path) }
        spooled = nil
        guard !isReleased else { return }
        let record = record
        await Task { try? await self.write(record, isLast: true) }.value
    }

    private func stopRenewing() async {
        renewing?.cancel()
        await renewing?.value
        renewing = nil
    }
}
