import Concurrency
import Foundation
import Glibc
import Synchronization
import Workspace

/// Where unfinished uploads lie: a folder each, named by the upload's id, with its bytes in `content` and what is known
/// of it in `upload.json`.
///
/// What the record says is on the disk lies there: it is written anew only after the bytes are. What `content` has
/// beyond the record's offset came with a request that nobody was told the end of, and is cut off before more comes.
///
/// Of a folder there is one process, which knows by itself which of its requests appends.
final class UploadFolder: UploadPlace {
    private static let executor = BlockingExecutor(label: "millrace.unfinished-uploads", width: 4)
    private static let pieceBytes = 262_144

    let url: URL
    /// Held while room is looked for and taken, so that two uploads do not take the same.
    private let making = Mutex(())

    init(_ url: URL) {
        self.url = url
    }

    private func place(_ id: String) -> String { url.appendingPathComponent(id).path }
    private func content(_ id: String) -> String { place(id) + "/content" }
    private func record(_ id: String) -> String { place(id) + "/upload.json" }

    /// Makes an upload, if `admits` throws nothing for those that there are.
    func create(
        _ upload: UploadRecord, admits: @escaping @Sendable ([UploadRecord], _ all: Int) throws -> Void
    ) async throws {
        try await Self.executor.complete { [self] in
            try making.withLock { _ in
                let others = records().filter { !$0.isComplete }
                try admits(others.filter { $0.owner == upload.owner }, others.count)
                do {
                    try FileManager.default.createDirectory(
                        atPath: place(upload.id), withIntermediateDirectories: true,
                        attributes: [.posixPermissions: 0o700])
                } catch {
                    let isFull = (error as? CocoaError)?.code == .fileWriteOutOfSpace
                    throw Self.fault(place(upload.id), isFull ? ENOSPC : EIO, error.localizedDescription)
                }
                _ = try UploadContent(content(upload.id), count: 0)
                try write(upload)
            }
        }
    }

    func load(_ id: String, of owner: Owner) async -> UploadRecord? {
        await Self.executor.complete { [self] in
            guard let upload = read(id), upload.owner == owner else { return nil }
            return upload
        }
    }

    func unfinished(of owner: Owner) async -> [UploadRecord] {
        await Self.executor.complete { [self] in
            records().filter { $0.owner == owner && !$0.isComplete }
        }
    }

    /// There is no other process.
    func interrupt(_ upload: UploadRecord) async -> Bool { true }

    func forgetEnded(of owner: Owner, besides kept: Int) async {
        let ended = await Self.executor.complete { [self] in
            records().filter { $0.owner == owner && $0.isComplete }
        }.sorted { $0.expiresAt < $1.expiresAt }
        for upload in ended.dropLast(kept) { await remove(upload) }
    }

    func sweep(
        at time: Date, kept: Duration, isLive: @Sendable (String) -> Bool
    ) async -> [UploadRecord] {
        let all = await Self.executor.complete { [self] in records() }
        let over = all.filter { $0.expiresAt <= time && !isLive($0.id) }
        for upload in over { await remove(upload) }
        await removeRemains(olderThan: time.addingTimeInterval(-(kept / .seconds(1))))
        return over
    }

    private func save(_ upload: UploadRecord) async throws {
        try await Self.executor.complete { [self] in try write(upload) }
    }

    func remove(_ upload: UploadRecord) async { await remove(upload.id) }

    private func remove(_ id: String) async {
        await Self.executor.complete { [self] in
            // The record goes first: without it there is no upload, whatever else of it is left.
            unlink(record(id))
            try? FileManager.default.removeItem(atPath: place(id))
        }
    }

    /// Drops the bytes of an upload whose record is to be kept.
    private func removeContent(_ id: String) async {
        await Self.executor.complete { [self] in _ = unlink(content(id)) }
    }

    /// Removes folders that hold no upload and were made before `time`: of processes that ended in between.
    private func removeRemains(olderThan time: Date) async {
        await Self.executor.complete { [self] in
            for name in names() where read(name) == nil {
                let changed = try? FileManager.default.attributesOfItem(atPath: place(name))[
                    .modificationDate]
                guard let changed = changed as? Date, changed < time else { continue }
                try? FileManager.default.removeItem(atPath: place(name))
            }
        }
    }

    // MARK: Bytes

    /// The end of an upload's bytes, to append to.
    ///
    /// - Throws: ``UploadFault/storage(path:reason:)`` when bytes are missing.
    func open(_ upload: UploadRecord) async throws -> any UploadHold {
        let end = try await Self.executor.complete { [self] in
            try UploadContent(content(upload.id), count: upload.offset)
        }
        return Hold(folder: self, content: end)
    }

    /// Nobody else is at the upload: this process sees to that.
    private struct Hold: UploadHold {
        let folder: UploadFolder
        let content: UploadContent
        var isDue: Bool { false }

        func append(_ piece: Data) async throws {
            try await UploadFolder.executor.complete { try content.append(piece) }
        }

        func settle(_ upload: inout UploadRecord, isLast: Bool) async throws {
            let settled = upload
            try await UploadFolder.executor.complete {
                // Who has taken it away meanwhile has taken the folder away, too.
                try content.synchronize()
                try folder.write(settled)
            }
        }

        func beginCompletion() async {}

        func end(_ upload: UploadRecord) async {
            do {
                try await folder.save(upload)
            } catch {
                // It was carried out, and must not be again: without a record nobody can ask for that.
                await folder.remove(upload)
            }
            await folder.removeContent(upload.id)
        }

        func release() async {}
    }

    /// All bytes of an upload, read as they are asked for.
    func pieces(of upload: UploadRecord) -> PulledSequence<Data> {
        let path = content(upload.id)
        return PulledSequence(beginning: {
            let file = try await Self.executor.run { try OpenFile(path) }
            var offset = 0
            return {
                let count = min(Self.pieceBytes, upload.offset - offset)
                guard count > 0 else { return nil }
                let start = offset
                let piece = try await Self.executor.run { try file.read(at: start, count: count) }
                offset += piece.count
                return piece
            }
        })
    }

    // MARK: Records, on threads that may wait

    private func names() -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []).sorted()
    }

    private func records() -> [UploadRecord] { names().compactMap { read($0) } }

    private func read(_ id: String) -> UploadRecord? {
        guard UUID(uuidString: id) != nil, let data = FileManager.default.contents(atPath: record(id)),
            let upload = try? JSONDecoder().decode(UploadRecord.self, from: data), upload.id == id
        else { return nil }
        return upload
    }

    /// Whole, or not at all: under another name first.
    private func write(_ upload: UploadRecord) throws {
        let path = record(upload.id)
        let data = try JSONEncoder().encode(upload)
        let file = try UploadContent(path + ".new", count: 0)
        try file.append(data)
        try file.synchronize()
        guard rename(path + ".new", path) == 0 else { throw Self.fault(path, errno) }
        // The name, too, must outlive a power cut: an offset that was told never becomes a lower one.
        let folder = Glibc.open(place(upload.id), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw Self.fault(path, errno) }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw Self.fault(path, errno) }
    }

    static func fault(_ path: String, _ code: Int32, _ reason: String? = nil) -> any Error {
        if code == ENOSPC || code == EDQUOT { return RequestFault.storageFull }
        return UploadFault.storage(path: path, reason: reason ?? String(cString: strerror(code)))
    }
}

/// A file that is appended to, readable by its owner alone.
final class UploadContent: Sendable {
    private let path: String
    private let descriptor: Int32

    /// Opens the file, made if `count` is 0 and it is not there, and cuts off what it has beyond `count` bytes; blocks.
    init(_ path: String, count: Int) throws {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CLOEXEC | O_APPEND | (count == 0 ? O_CREAT : 0), 0o600)
        guard descriptor >= 0 else { throw UploadFolder.fault(path, errno) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw UploadFolder.fault(path, errno) }
        guard status.st_size >= off_t(count) else {
            throw UploadFolder.fault(
                path, EIO, "it has \(status.st_size) bytes of \(count) that were there once")
        }
        guard ftruncate(descriptor, off_t(count)) == 0 else { throw UploadFolder.fault(path, errno) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Blocks.
    func append(_ bytes: Data) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            guard count >= 0 else {
                if errno == EINTR { continue }
                throw UploadFolder.fault(path, errno)
            }
            rest = rest.dropFirst(count)
        }
    }

    /// Blocks until the bytes are on the disk.
    func synchronize() throws {
        guard fsync(descriptor) == 0 else { throw UploadFolder.fault(path, errno) }
    }
}
