import Corpus
import Documents
import Foundation
import Models
import Sourcing
import Text

/// A document, cut and ready to be embedded.
struct PreparedDocument: Sendable {
    var document: Document
    var contentHash: String
    var chunks: [Chunk]
    /// Of each chunk's `embeddedText`.
    var textHashes: [String]
    var isNew: Bool
    var warnings: [IngestReport.Warning]
    /// What the text was rendered from, and the pages that stand in it.
    var origin: PageOrigin?
    var inclusions: [Inclusion] = []
    /// Rendered anew for a page that it includes, after it had been dealt with.
    var isRefreshed = false
}

/// What came of looking at a document.
enum Preparation: Sendable {
    case changed(PreparedDocument)
    /// As it is stored, perhaps for its readers and its place.
    case same(DocumentUpdate)
    /// Could not be read. Who may read the stored version is followed all the same.
    case failed(SkippedDocument, DocumentUpdate?)
}

/// From a source's document to chunks. Pure but for one look into the store, so many run at once.
struct DocumentPreparation: Sendable {
    let store: any DocumentStore & InclusionStore
    let chunker: Chunker
    let modelName: String
    /// Of the rules that cut units of evidence; `nil` when the embedder tells no vectors of them.
    var evidenceRules: Int?
    /// What takes personal data out; `nil` keeps it.
    var privacy: PrivacyFilter?
    /// The name of what analyzes texts; `nil` for nothing.
    var analyzerName: String?

    /// Kept with each document: another chunker or another model cuts and embeds it again, as do other rules for
    /// its evidence.
    var chunkSignature: String {
        "\(chunker.configuration.signature) model=\(modelName)"
            + (evidenceRules.map { " evidence=\($0)" } ?? "")
            + (privacy.map { " privacy=\($0.signature)" } ?? "")
            + (analyzerName.map { " analyzer=\($0)" } ?? "")
    }

    func prepare(_ source: SourceDocument) async -> Preparation {
        var document = source.document
        do {
            let stored = try await store.storedDocument(id: document.id)
            let update = stored.map {
                $0.update(of: document.id, readers: document.readers, place: DocumentPlace(of: document))
            }
            var rendering: DocumentRendering
            var personal: [Range<Int>] = []
            do {
                rendering = try await render(source)
                if let cleaned = try await privacy?.cleaned(rendering.page, title: document.title) {
                    rendering.page = cleaned.page
                    document.title = cleaned.title
                    personal = cleaned.found
                }
            } catch {
                return .failed(Self.failure(document, error), update.map { $0.ofReadersAlone })
            }
            document.text = rendering.page.text
            let hash = Self.contentHash(of: document)
            if let stored, let update, stored.version == document.version, stored.contentHash == hash,
                stored.chunkSignature == chunkSignature
            {
                return .same(update)
            }
            let cut = chunker.chunks(of: rendering.page, title: document.title)
            let chunks = privacy?.kept(cut, personal) ?? cut
            return .changed(
                PreparedDocument(
                    document: document, contentHash: hash, chunks: chunks,
                    textHashes: chunks.map { ContentHash.of($0.embeddedText) },
                    isNew: stored == nil,
                    warnings: rendering.warnings.map { IngestReport.Warning(id: document.id, message: $0) },
                    origin: rendering.origin, inclusions: rendering.inclusions))
        } catch {
            return .failed(Self.failure(document, error), nil)
        }
    }

    static func failure(_ document: Document, _ error: any Error) -> SkippedDocument {
        SkippedDocument(id: document.id, title: document.title, reason: "\(error)", isFailure: true)
    }

    /// Of all that is stored or embedded of a document but its readers, its place and its version.
    ///
    /// Rendered text is hashed, not the body: a person's new name, or a renderer that learned a macro, is a
    /// change too.
    static func contentHash(of document: Document) -> String {
        let fields = [
            document.kind.rawValue, document.title, document.author ?? "",
            document.updatedAt.map { "\($0.timeIntervalSince1970)" } ?? "", document.text,
        ]
        return ContentHash.of(fields.map { "\($0.utf8.count):\($0)" }.joined())
    }
}

extension StoredDocumentState {
    /// What must be written to bring the stored document's readers and place up to date.
    func update(of id: String, readers: AccessRule, place: DocumentPlace?) -> DocumentUpdate {
        DocumentUpdate(
            id: id, readers: readers == self.readers ? nil : readers,
            place: place.flatMap { $0.isCovered(by: self.place) ? nil : $0 })
    }
}

extension DocumentUpdate {
    var isEmpty: Bool { readers == nil && place == nil }

    /// Of a document whose new version could not be read: only its readers are followed.
    var ofReadersAlone: DocumentUpdate { DocumentUpdate(id: id, readers: readers) }
}
