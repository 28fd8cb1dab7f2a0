import Corpus
import Foundation
import Models

/// A document, cut and ready to be embedded.
struct PreparedDocument: Sendable {
    var document: Document
    var contentHash: String
    var chunks: [Chunk]
    /// Of each chunk's `embeddedText`.
    var textHashes: [String]
    var isNew: Bool
    var warnings: [IngestReport.Warning]
}

/// What came of looking at a document.
enum Preparation: Sendable {
    case changed(PreparedDocument)
    /// As it is stored, perhaps for its readers.
    case same(id: String, newReaders: AccessRule?)
    /// Could not be read. Who may read the stored version is followed all the same.
    case failed(SkippedDocument, newReaders: AccessRule?)
}

/// From a source's document to chunks. Pure but for one look into the store, so many run at once.
struct DocumentPreparation: Sendable {
    let store: CorpusStore
    let chunker: Chunker
    let modelName: String

    /// Kept with each document: another chunker or another model cuts and embeds it again.
    var chunkSignature: String { "\(chunker.configuration.signature) model=\(modelName)" }

    func prepare(_ source: SourceDocument) -> Preparation {
        var document = source.document
        do {
            let stored = try store.storedDocument(id: document.id)
            let newReaders = stored.flatMap { $0.readers == document.readers ? nil : document.readers }
            let (page, warnings): (RenderedText, [String])
            do {
                (page, warnings) = try rendered(source)
            } catch {
                return .failed(Self.failure(document, error), newReaders: newReaders)
            }
            document.text = page.text
            let hash = Self.contentHash(of: document)
            if let stored, stored.version == document.version, stored.contentHash == hash,
                stored.chunkSignature == chunkSignature
            {
                return .same(id: document.id, newReaders: newReaders)
            }
            let chunks = chunker.chunks(of: page, title: document.title)
            return .changed(
                PreparedDocument(
                    document: document, contentHash: hash, chunks: chunks,
                    textHashes: chunks.map { CorpusStore.contentHash(of: $0.embeddedText) },
                    isNew: stored == nil,
                    warnings: warnings.map { IngestReport.Warning(id: document.id, message: $0) }))
        } catch {
            return .failed(Self.failure(document, error), newReaders: nil)
        }
    }

    private func rendered(_ source: SourceDocument) throws(IngestError) -> (RenderedText, warnings: [String])
    {
        switch source.body {
        case .plain(let text):
            return (PlainTextRenderer.render(text, of: source.document), [])
        case .storage(let body):
            let page = try StorageFormatParser().parse(body)
            let renderer = TextRenderer(references: source.references)
            return (renderer.render(page.blocks, title: source.document.title), page.warnings.map { "\($0)" })
        }
    }

    static func failure(_ document: Document, _ error: any Error) -> SkippedDocument {
        SkippedDocument(id: document.id, title: document.title, reason: "\(error)", isFailure: true)
    }

    /// Of all that is stored or embedded of a document but its readers and version.
    ///
    /// Rendered text is hashed, not the body: a person's new name, or a renderer that learned a macro, is a
    /// change too.
    static func contentHash(of document: Document) -> String {
        var fields = [
            document.kind.rawValue, document.spaceKey, document.title, document.author ?? "",
            document.updatedAt.map { "\($0.timeIntervalSince1970)" } ?? "", document.url ?? "",
        ]
        fields += document.ancestors.flatMap { [$0.id, $0.title] }
        fields.append("labels")
        fields += document.labels.sorted()
        fields.append(document.text)
        return CorpusStore.contentHash(of: fields.map { "\($0.utf8.count):\($0)" }.joined())
    }
}
