import Concurrency
import Corpus
import Documents
import Foundation
import Logging
import Sourcing

/// Files that somebody sent: space exports, and single documents.
///
/// A file is kept until its job has ended, so that a job goes on after a restart: in a folder of the process, or where
/// every process finds it.
public struct UploadSource: JobSource {
    public let id: String
    /// Of a file.
    public let limitBytes: Int
    private let shelf: any UploadShelf
    private let attachmentText: AttachmentText
    private let export: @Sendable (_ file: URL, _ isDryRun: Bool) throws -> any DocumentSource

    /// The space that single documents are stored in.
    public static let spaceKey = "UPLOADS"
    /// Endings of the names of single documents.
    public static let documentEndings = [
        "csv", "docx", "htm", "html", "md", "pdf", "pptx", "txt", "xhtml", "xlsx",
    ]
    static let nameLimitBytes = 200

    /// Files that wait in a folder, for the process that has it.
    ///
    /// - Parameters:
    ///   - id: `uploads`, unless several processes share a database: each reads the files alone that were sent to it.
    ///   - folder: where files wait; made when the first one comes.
    ///   - export: reads a space export.
    public init(
        id: String = "uploads", folder: URL, limitBytes: Int, attachmentText: AttachmentText,
        export: @escaping @Sendable (_ file: URL, _ isDryRun: Bool) throws -> any DocumentSource
    ) {
        self.init(
            id: id, shelf: FolderShelf(folder), limitBytes: limitBytes, attachmentText: attachmentText,
            export: export)
    }

    /// Files that wait where every process finds them: whichever has the source's turn reads them.
    ///
    /// - Parameters:
    ///   - id: the same for all processes, and another than that of files that wait in folders.
    ///   - blobs: where files wait; of this corpus alone, since what no job of it names is removed after a week.
    ///   - folder: of this process, for the file that it reads; emptied when it starts.
    ///   - logger: hears when a file cannot be fetched and is asked for again.
    ///   - export: reads a space export.
    public init(
        id: String = "uploads-shared", blobs: any StreamedBlobStore, folder: URL, limitBytes: Int,
        attachmentText: AttachmentText,
        logger: Logger? = nil, now: @escaping @Sendable () -> Date = { Date() },
        export: @escaping @Sendable (_ file: URL, _ isDryRun: Bool) throws -> any DocumentSource
    ) {
        self.init(
            id: id,
            shelf: SharedShelf(blobs: blobs, folder: folder, logger: logger, now: now),
            limitBytes: limitBytes, attachmentText: attachmentText, export: export)
    }

    private init(
        id: String, shelf: any UploadShelf, limitBytes: Int, attachmentText: AttachmentText,
        export: @escaping @Sendable (_ file: URL, _ isDryRun: Bool) throws -> any DocumentSource
    ) {
        self.id = id
        self.shelf = shelf
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
        let counter = UploadCounter(limitBytes: limitBytes)
        try await shelf.keep(counter.counted(pieces), upload)
        upload.byteCount = counter.byteCount
        return upload
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

    func remove(_ upload: IngestJob.Upload) async { await shelf.remove(upload) }

    /// Removes files of earlier processes that none of `jobs` reads. One that comes meanwhile stays, though its job is
    /// not among them yet.
    func removeAll(besides jobs: [IngestJob]) async { await shelf.removeAll(besides: Self.ids(of: jobs)) }

    /// Whether files may be left behind by processes that are gone for good, so that ``removeRemains(besides:)`` is to
    /// be called now and then.
    var isShared: Bool { shelf is SharedShelf }

    /// Removes files that have lain for a week and that none of `jobs` reads: of processes that ended before a file's job
    /// was stored, or before the file of a job that had ended was removed.
    ///
    /// - Parameter jobs: all that have not ended.
    func removeRemains(besides jobs: [IngestJob]) async throws {
        try await shelf.removeRemains(besides: Self.ids(of: jobs))
    }

    private static func ids(of jobs: [IngestJob]) -> Set<String> {
        Set(jobs.compactMap { job in if case .upload(let upload) = job.scope { upload.id } else { nil } })
    }

    public func documents(of scope: IngestJob.Scope, isDryRun: Bool) async throws -> any DocumentSource {
        try check(scope, isDryRun: isDryRun)
        guard case .upload(let upload) = scope else { throw IngestJobError.badScope(reason: "it is no file") }
        let place = try await shelf.folder(of: upload)
        guard let readers = upload.readers else {
            let file = place.appendingPathComponent(upload.fileName)
            return try await UploadFiles.executor.run { try export(file, isDryRun) }
        }
        return UploadedDocument(
            folder: FolderSource(folder: place, spaceKey: Self.spaceKey, attachmentText: attachmentText),
            name: upload.fileName, readers: readers)
    }

    public func ended(_ job: IngestJob) async {
        if case .upload(let upload) = job.scope { await remove(upload) }
    }
}
