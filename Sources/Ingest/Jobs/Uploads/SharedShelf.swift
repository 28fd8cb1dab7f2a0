import Concurrency
import Corpus
import Foundation
import Logging

/// Files where every process finds them, each a blob that its id names; whoever reads one fetches it first.
///
/// A file is there before its job is stored, and goes after the job's end is. A process that is lost in between leaves a
/// file that no job names, which ``removeRemains(besides:)`` finds.
struct SharedShelf: UploadShelf {
    /// How long a file lies before it may count as left behind.
    static let leftAfter: TimeInterval = 7 * 86_400

    private let blobs: any StreamedBlobStore
    private let folder: URL
    private let logger: Logger?
    private let now: @Sendable () -> Date
    /// All blobs lie below it: a store lists what is under a prefix.
    private static let prefix = "files"

    init(
        blobs: any StreamedBlobStore, folder: URL, logger: Logger?, now: @escaping @Sendable () -> Date
    ) {
        self.blobs = blobs
        self.folder = folder
        self.logger = logger
        self.now = now
    }

    private static func key(_ id: String) -> String { "\(prefix)/\(id)" }

    private func place(of upload: IngestJob.Upload) -> URL { folder.appendingPathComponent(upload.id) }

    func keep(_ pieces: PulledSequence<Data>, _ upload: IngestJob.Upload) async throws {
        // A failure of the sender's goes on as it is; what is the store's own is told as such.
        let sender = SenderFailures()
        do {
            try await blobs.put(sender.watched(pieces), at: Self.key(upload.id))
        } catch {
            if sender.hasFailed || error is CancellationError { throw error }
            throw IngestJobError.storage(reason: "\(error)")
        }
    }

    func folder(of upload: IngestJob.Upload) async throws -> URL {
        let place = place(of: upload)
        try await UploadFiles.waiting {
            // Of a job that was begun before and did not end.
            try? FileManager.default.removeItem(at: place)
            try FileManager.default.createDirectory(
                at: place, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        }
        let file = place.appendingPathComponent(upload.fileName)
        guard try await fetch(upload, to: file) else { throw IngestJobError.lostFile(name: upload.fileName) }
        let count = await UploadFiles.executor.complete {
            (try? FileManager.default.attributesOfItem(atPath: file.path))?[.size] as? Int
        }
        guard count == upload.byteCount else {
            throw IngestJobError.unreachableFile(
                name: upload.fileName,
                reason: "it has \(count ?? 0) bytes of the \(upload.byteCount) that were sent")
        }
        return place
    }

    /// - Returns: whether it is there.
    /// - Throws: ``AwayUpload`` where it may be fetched later.
    private func fetch(_ upload: IngestJob.Upload, to file: URL) async throws -> Bool {
        do {
            return try await blobs.fetch(Self.key(upload.id), to: file)
        } catch let error as CancellationError {
            throw error
        } catch let error as DamagedBlob {
            throw IngestJobError.unreachableFile(name: upload.fileName, reason: "\(error)")
        } catch {
            await UploadFiles.remove(place(of: upload))
            try Task.checkCancellation()
            logger?.warning(
                "an upload could not be fetched from where it waits; that is tried again",
                metadata: ["millrace.upload": "\(upload.id)", "millrace.reason": "\(error)"])
            throw AwayUpload(name: upload.fileName, reason: "\(error)")
        }
    }

    func remove(_ upload: IngestJob.Upload) async {
        await UploadFiles.remove(place(of: upload))
        // One that stays is found again by its age.
        try? await blobs.remove(Self.key(upload.id))
    }

    /// What was fetched is of use to the process alone that fetched it.
    func removeAll(besides kept: Set<String>) async { await UploadFiles.remove(folder) }

    func removeRemains(besides kept: Set<String>) async throws {
        let time = now()
        for entry in try await blobs.list(under: Self.prefix)
        where time.timeIntervalSince(entry.storedAt) > Self.leftAfter {
            let id = String(entry.key.dropFirst(Self.prefix.count + 1))
            if !kept.contains(id) { try await blobs.remove(entry.key) }
        }
    }
}

/// A file that was sent, and is kept, cannot be fetched at the moment. Its job waits with it, and gives up its source's
/// turn: the store may have others, or be there again soon.
struct AwayUpload: Error, Sendable, CustomStringConvertible {
    var name: String
    var reason: String

    /// Once nobody waits for it any more.
    var final: IngestJobError { .unreachableFile(name: name, reason: reason) }

    var description: String {
        "The file \(name) could not be fetched from where it was kept: \(reason). That is tried again, for an hour."
    }
}
