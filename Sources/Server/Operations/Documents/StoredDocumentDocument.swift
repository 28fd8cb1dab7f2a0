import Corpus
import Foundation
import Text

/// A stored document.
struct StoredDocumentDocument: ResponseDocument {
    struct AncestorDocument: Encodable, Sendable {
        var id: String
        var title: String
    }

    var id: String
    var kind: String
    var spaceKey: String
    var spaceName: String
    var title: String
    var version: Int
    var ancestors: [AncestorDocument]
    var labels: [String]
    @Nullable var author: String?
    @Nullable var updatedAt: Date?
    @Nullable var url: String?
    var chunkCount: Int
    /// Only where it was asked for.
    var text: String?
    /// Whether ``text`` is only the beginning.
    var textIsCut: Bool?

    init(_ document: DocumentDescription) {
        id = document.id
        kind = document.kind.rawValue
        spaceKey = document.spaceKey
        spaceName = document.spaceName
        title = document.title
        version = document.version
        ancestors = document.ancestors.map { AncestorDocument(id: $0.id, title: $0.title) }
        labels = document.labels
        author = document.author
        updatedAt = document.updatedAt
        url = document.url
        chunkCount = document.chunkCount
    }

    /// Brings the text along, or as many whole characters of it as fit.
    mutating func take(_ text: String, limitBytes: Int) {
        let isCut = text.utf8.count > limitBytes
        guard isCut else {
            (self.text, textIsCut) = (text, false)
            return
        }
        var end = text.utf8.index(text.startIndex, offsetBy: limitBytes)
        while end > text.startIndex, end.samePosition(in: text) == nil {
            end = text.utf8.index(before: end)
        }
        (self.text, textIsCut) = (String(text[..<end]), true)
    }

    static var schema: JSONSchema {
        .object(
            required: [
                "id": .text, "kind": .choice(Document.Kind.allCases.map(\.rawValue)), "space_key": .text,
                "space_name": .text, "title": .text, "version": .integer,
                "ancestors": .list(of: .object(required: ["id": .text, "title": .text])),
                "labels": .list(of: .text), "author": .text.orNull, "updated_at": .time.orNull,
                "url": .text.orNull, "chunk_count": .integer,
            ],
            optional: [
                "text": .text,
                "text_is_cut": JSONSchema.flag.described("whether “text” is only its beginning"),
            ]
        ).named("Document")
    }

    struct List: ResponseDocument {
        var documents: [StoredDocumentDocument]
        /// The cursor of the next page; null behind the last one.
        @Nullable var next: String?

        static var schema: JSONSchema {
            .object(required: [
                "documents": .list(of: StoredDocumentDocument.schema), "next": JSONSchema.text.orNull,
            ]).named("DocumentList")
        }
    }
}

/// A passage of a document.
struct DocumentChunkDocument: ResponseDocument {
    var chunkID: Int64
    var ordinal: Int
    var kind: String
    var headingPath: [String]
    var text: String
    var tokenCount: Int
    @Nullable var anchor: String?

    init(_ chunk: StoredChunk) {
        chunkID = chunk.id
        ordinal = chunk.ordinal
        kind = chunk.chunkKind.rawValue
        headingPath = chunk.headingPath
        text = chunk.text
        tokenCount = chunk.tokenCount
        anchor = chunk.anchor
    }

    static var schema: JSONSchema {
        .object(required: [
            "chunk_id": .integer, "ordinal": .integer, "kind": .text, "heading_path": .list(of: .text),
            "text": .text, "token_count": .integer, "anchor": .text.orNull,
        ]).named("DocumentChunk")
    }

    struct List: ResponseDocument {
        var chunks: [DocumentChunkDocument]
        /// “from” of the next page; null behind the last one.
        @Nullable var next: Int?

        static var schema: JSONSchema {
            .object(required: [
                "chunks": .list(of: DocumentChunkDocument.schema), "next": JSONSchema.integer.orNull,
            ]).named("DocumentChunkList")
        }
    }
}
