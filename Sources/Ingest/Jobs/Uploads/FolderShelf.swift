import Concurrency
import Corpus
import Foundation

/// Files in a folder of this process, each in a folder of its own that its id names.
struct FolderShelf: UploadShelf {
    private let folder: URL
    private let own = OwnUploads()

    /// - Parameter folder: made when the first file comes.
    init(_ folder: URL) {
        self.folder = folder
    }

    private func place(of upload: IngestJob.Upload) -> URL { folder.appendingPathComponent(upload.id) }

    private func file(of upload: IngestJob.Upload) -> URL {
        place(of: upload).appendingPathComponent(upload.fileName)
    }

    func keep(_ pieces: PulledSequence<Data>, _ upload: IngestJob.Upload) async throws {
        own.add(upload.id)
        do {
            let handle = try await open(upload)
            for try await piece in pieces {
                try await UploadFiles.waiting { try handle.write(contentsOf: piece) }
            }
            // Its job is kept through a power cut, and so must this be.
            try await UploadFiles.waiting {
                try handle.synchronize()
                try handle.close()
            }
        } catch {
            await remove(upload)
            throw error
        }
    }

    private func open(_ upload: IngestJob.Upload) async throws -> FileHandle {
        let (place, file) = (place(of: upload), file(of: upload))
        return try await UploadFiles.waiting {
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            try Data().write(to: file)
            return try FileHandle(forWritingTo: file)
        }
    }

    func folder(of upload: IngestJob.Upload) async throws -> URL {
        let file = file(of: upload)
        let isThere = await UploadFiles.executor.complete {
            FileManager.default.fileExists(atPath: file.path)
        }
        guard isThere else { throw IngestJobError.lostFile(name: upload.fileName) }
        return place(of: upload)
    }

    func remove(_ upload: IngestJob.Upload) async {
        own.remove(upload.id)
        await UploadFiles.remove(place(of: upload))
    }

    func removeAll(besides kept: Set<String>) async {
        await UploadFiles.executor.complete { [folder, own] in
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
            for name in names where !kept.contains(name) && !own.contains(name) {
                try? FileManager.default.removeItem(at: folder.appendingPathComponent(name))
            }
        }
    }

    /// Nothing is left beside what the next start removes.
    func removeRemains(besides kept: Set<String>) async {}
}
