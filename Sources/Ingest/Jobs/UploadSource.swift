import Concurrency
import Corpus
import Documents
import Foundation
import Sourcing

/// Files that somebody sent: space exports, and single documents.
///
/// A file is kept in a folder of its own until its job has ended, so that a job goes on after a restart.
public struct UploadSource: JobSource {
    public let id: String
    /// Of a file.
    public let limitBytes: Int
    private let folder: URL
    private let attachmentText: AttachmentText
    private let export: @Sendable (_ file: URL, _ isDryRun: Bool) throws -> any DocumentSource
    private let own = OwnUploads()

    /// The space that single documents are stored in.
    public static let spaceKey = "UPLOADS"
    /// Endings of the names of single documents.
    public static let documentEndings = [
        "csv", "docx", "htm", "html", "md", "pdf", "pptx", "txt", "xhtml", "xlsx",
    ]
    static let nameLimitBytes = 200
    private static let executor = BlockingExecutor(label: "millrace.uploads", width: 2)

    /// - Parameters:
    ///   - id: `uploads`, unless several processes share a database: each reads the files alone that were sent to it.
    ///   - folder: where files wait; made when the first one comes.
    ///   - export: reads a space export.
    public init(
        id: String = "uploads", folder: URL, limitBytes: Int, attachmentText: AttachmentText,
        export: @escaping @Sendable (_ file: URL, _ isDryRun: Bool) throws -> any DocumentSource
    ) {
        self.id = id
        self.folder = folder
        self.limitBytes = limitBytes
        self.attachmentText = attachmentText
        self.export = export
    }

    public var description: JobSourceDescription {
        JobSourceDescription(
            kind: "uploads", dialect: "", baseURL: "", ledger: "", spaces: [], excludedSpaces: [])
    }

    public func check() async -> SourceCheck { SourceCheck() }
    public func spaces() async throws -> [SourceSpace] { [] }

    public func check(_ scope: IngestJob.Scope, isDryRun: Bool) throws(IngestJobError) {
        guard case .upload = scope else {
            throw .badScope(reason: "the source \(id) has files and neither spaces nor pages")
        }
    }

    // MARK: Files

    private func place(of upload: IngestJob.Upload) -> URL { folder.appendingPathComponent(upload.id) }

    private func file(of upload: IngestJob.Upload) -> URL {
        place(of: upload).appendingPathComponent(upload.fileName)
    }

    /// Keeps a file.
    ///
    /// - Parameters:
    ///   - id: names its folder.
    ///   - name: as its sender calls it; only the part behind the last slash counts.
    /// - Throws: ``IngestJobError``, and what reading `pieces` throws. Nothing is left behind then.
    func keep(
        _ pieces: PulledSequence<Data>, as id: String, named name: String, readers: AccessRule?
    ) async throws -> IngestJob.Upload {
        var upload = IngestJob.Upload(
            id: id, fileName: try Self.fileName(name, readers: readers), byteCount: 0, readers: readers)
        own.add(id)
        do {
            let handle = try await open(upload)
            for try await piece in pieces {
                upload.byteCount += piece.count
                guard upload.byteCount <= limitBytes else {
                    throw IngestJobError.badUpload(
                        field: "name", reason: "names a file of more than \(limitBytes) bytes")
                }
                try await Self.waiting { try handle.write(contentsOf: piece) }
            }
            // Its job is kept through a power cut, and so must this be.
            try await Self.waiting {
                try handle.synchronize()
                try handle.close()
            }
        } catch {
            await remove(upload)
            throw error
        }
        guard upload.byteCount > 0 else {
            await remove(upload)
            throw IngestJobError.badUpload(field: "name", reason: "names an empty file")
        }
        return upload
    }

    private func open(_ upload: IngestJob.Upload) async throws -> FileHandle {
        let (place, file) = (place(of: upload), file(of: upload))
        return try await Self.waiting {
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            try Data().write(to: file)
            return try FileHandle(forWritingTo: file)
        }
    }

    private static func waiting<Value: Sendable>(
        _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        do {
            return try await executor.run(body)
        } catch let error as CancellationError {
            throw error
        } catch {
            throw IngestJobError.storage(reason: error.localizedDescription)
        }
    }

    /// The name that a file is kept under, if it is one that can be ingested.
    static func fileName(_ given: String, readers: AccessRule?) throws(IngestJobError) -> String {
        let name = given.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init) ?? ""
        guard !name.isEmpty, !name.hasPrefix("."), name.utf8.count <= nameLimitBytes,
            !name.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 })
        else {
            throw .badUpload(
                field: "name",
                reason: """
                    must be a file's name of at most \(nameLimitBytes) bytes, without control characters and not \
                    beginning with a dot
                    """)
        }
        let ending = (name as NSString).pathExtension.lowercased()
        if ending == "zip" {
            guard readers == nil else {
                throw .badUpload(
                    field: "readers",
                    reason: "is for single documents; a space export says itself who may read what")
            }
            return name
        }
        guard documentEndings.contains(ending) else {
            throw .badUpload(
                field: "name",
                reason: """
                    must end with .zip for a space export, or for a document with one of \
                    \(documentEndings.map { ".\($0)" }.joined(separator: ", "))
                    """)
        }
        guard readers != nil else {
            throw .badUpload(
                field: "readers",
                reason: """
                    is missing: say who may read the document, such as signed-in, or group:staff, user:ann
                    """)
        }
        return name
    }

    /// Removes a file with its folder.
    func remove(_ upload: IngestJob.Upload) async {
        let place = place(of: upload)
        own.remove(upload.id)
        await Self.executor.complete { try? FileManager.default.removeItem(at: place) }
    }

    /// Removes files of earlier processes that none of `jobs` reads. One that comes meanwhile stays, though its job is
    /// not among them yet.
    func removeAll(besides jobs: [IngestJob]) async {
        var kept: Set<String> = []
        for job in jobs { if case .upload(let upload) = job.scope { kept.insert(upload.id) } }
        await Self.executor.complete { [folder, kept, own] in
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
            for name in names where !kept.contains(name) && !own.contains(name) {
                try? FileManager.default.removeItem(at: folder.appendingPathComponent(name))
            }
        }
    }

    public func documents(of scope: IngestJob.Scope, isDryRun: Bool) async throws -> any DocumentSource {
        try check(scope, isDryRun: isDryRun)
        guard case .upload(let upload) = scope else { throw IngestJobError.badScope(reason: "it is no file") }
        let file = file(of: upload)
        let isThere = await Self.executor.complete { FileManager.default.fileExists(atPath: file.path) }
        guard isThere else {
            throw IngestJobError.lostFile(name: upload.fileName)
        }
        guard let readers = upload.readers else {
            return try await Self.executor.run { try export(file, isDryRun) }
        }
        return UploadedDocument(
            folder: FolderSource(
                folder: place(of: upload), spaceKey: Self.spaceKey, attachmentText: attachmentText),
            name: upload.fileName, readers: readers)
    }

    public func ended(_ job: IngestJob) async {
        if case .upload(let upload) = job.scope { await remove(upload) }
    }
}
