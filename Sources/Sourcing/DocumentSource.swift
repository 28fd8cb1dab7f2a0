import Corpus
import Documents

/// A document as its source hands it over: all that is known but the rendered text.
public struct SourceDocument: Sendable {
    /// `text` is empty; the pipeline fills it in.
    public var document: Document
    public var body: DocumentBody
    /// The page as the site renders it (`body.export_view`), where tables are to be taken from it.
    public var exportView: String?
    /// How the site names the places that a link can open a page at.
    public var anchors: AnchorStyle
    public var references: any ReferenceResolver

    public init(
        document: Document, body: DocumentBody, exportView: String? = nil, anchors: AnchorStyle = .cloud,
        references: any ReferenceResolver = NoReferences()
    ) {
        self.document = document
        self.body = body
        self.exportView = exportView
        self.anchors = anchors
        self.references = references
    }
}

/// A document that could not be read, and why; the rest goes on.
public struct SkippedDocument: Hashable, Sendable, Codable {
    public var id: String
    public var title: String
    public var reason: String
    /// Whether something went wrong (`true`) or the document was left out on purpose (`false`).
    public var isFailure: Bool

    public init(id: String, title: String, reason: String, isFailure: Bool) {
        self.id = id
        self.title = title
        self.reason = reason
        self.isFailure = isFailure
    }
}

public enum SourceEvent: Sendable {
    case space(Space)
    /// How many documents there will be beside those that were expected before, left-out ones included, as soon as
    /// the source knows.
    case expected(Int)
    case document(SourceDocument)
    /// Still there, and what is stored of it stays; only the readers, and where it stands, may have changed.
    /// Nothing need be stored of it.
    case unchanged(id: String, readers: AccessRule, place: DocumentPlace? = nil)
    /// Who may read it now, whatever version of it is stored: the new one could not be had. It says nothing about
    /// whether the document is still there.
    case readers(id: String, AccessRule)
    case skipped(SkippedDocument)
    /// It is known to be gone, without any listing: the site was asked for it alone.
    case removed(id: String)
    /// Something the person who runs the ingest should know.
    case warning(String)
    /// Permissions could not be read, so something is closed that may have readers. It makes the exit code 3.
    case closed(String)
    /// Everything in the space has been listed. Only after this may absent documents be removed; one that was
    /// skipped as a failure is not absent.
    case listed(spaceKey: String)
    /// A sync of a space is at its end; noted once everything before is stored.
    case finished(SyncMark)
}

/// Where documents come from.
public protocol DocumentSource: Sendable {
    /// For the log and the summary: a file's name or a host.
    var name: String { get }

    /// Requests that were made to read it so far; `nil` for a source that makes none.
    var requestCount: Int? { get }

    /// Reads the source once.
    ///
    /// - Parameter storedVersion: the version that is stored of a document, or `nil`; a source that can
    ///   list without bodies fetches only what differs.
    /// - Returns: events in the order the source has them. The stream throws only when nothing more can
    ///   be read; a single bad document is `.skipped`.
    func events(
        storedVersion: @escaping @Sendable (_ id: String) async -> Int?
    ) -> AsyncThrowingStream<SourceEvent, any Error>
}

extension DocumentSource {
    public var requestCount: Int? { nil }
}
