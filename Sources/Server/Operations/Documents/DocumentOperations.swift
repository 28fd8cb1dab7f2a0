import Corpus
import Foundation
import HTTPTypes
import Ingest
import Workspace

/// `/v1/documents`: what is stored, as far as the caller may read it.
///
/// A document that may not be read and one that is not there are the same answer, on purpose.
struct DocumentOperations: Sendable {
    let directory: any DocumentDirectory
    /// Removes documents from the database and from both indexes; `nil` where none are removed.
    var remove: (@Sendable (_ id: String) async throws -> Void)?

    var operations: [Operation] {
        [list, show, chunks, access] + (remove.map { [delete($0)] } ?? [])
    }

    private static let id = Inputs.path("id", .text, "the document's id, percent-encoded")
    static let textLimitBytes = 4 << 20

    private static func absent(_ id: String) -> WorkspaceError { .notFound(kind: "document", id: id) }

    private func document(_ id: String, _ caller: Caller) async throws -> DocumentDescription {
        guard let found = try await directory.document(id, scope: caller.scope) else { throw Self.absent(id) }
        return found
    }

    // MARK: Reading

    private var list: Operation {
        .scoped(
            .search, "listDocuments", .get, "/v1/documents", summary: "the stored documents, by id",
            section: "documents",
            inputs: Inputs.query("space", .list(), standard: [], "only of these spaces, by key")
                .and(Inputs.query("kind", .list(), standard: [], "only of these kinds"))
                .and(Inputs.query("label", .list(), standard: [], "only with one of these labels"))
                .and(
                    Inputs.query(
                        "updated_after", .time, standard: .distantPast, "only changed then or later")
                )
                .and(Inputs.query("cursor", .cursor, standard: .beginning, "“next” of the page before"))
                .and(Inputs.query("limit", .integer(in: 1...500), standard: 100, "documents a page")),
            responses: [.json(StoredDocumentDocument.List.self, "one page of what the caller may read")],
            problems: [.invalidParameter]
        ) { input, caller in
            let time = input.0.0.1
            let filter = ChunkFilter(
                spaces: Set(input.0.0.0.0.0), labels: Set(input.0.0.0.1),
                kinds: try Self.kinds(input.0.0.0.0.1), updatedAfter: time == .distantPast ? nil : time)
            return try await page(of: filter, after: input.0.1, limit: input.1, caller)
        }
    }

    private static func kinds(_ names: [String]) throws(RequestFault) -> Set<Document.Kind> {
        var kinds: Set<Document.Kind> = []
        for name in names {
            guard let kind = Document.Kind(rawValue: name) else {
                let known = Document.Kind.allCases.map(\.rawValue).joined(separator: ", ")
                throw .invalidParameter(name: "kind", expectation: "one or some of \(known)")
            }
            kinds.insert(kind)
        }
        return kinds
    }

    private func page(
        of filter: ChunkFilter, after cursor: PageCursor, limit: Int, _ caller: Caller
    ) async throws -> APIResponse {
        let found = try await directory.documents(
            matching: filter, after: cursor.id, limit: limit, scope: caller.scope)
        return try .json(
            StoredDocumentDocument.List(
                documents: found.map { StoredDocumentDocument($0) },
                next: Nullable(wrappedValue: PageCursor.next(after: found.map(\.id), limit: limit))))
    }

    private var show: Operation {
        .scoped(
            .search, "getDocument", .get, "/v1/documents/{id}", summary: "a stored document",
            section: "documents",
            inputs: Self.id.and(
                Inputs.query("text", .flag, standard: false, "whether its text comes along")),
            responses: [.json(StoredDocumentDocument.self, "the document")], problems: [.noSuchThing]
        ) { input, caller in
            let (id, withText) = input
            var document = StoredDocumentDocument(try await self.document(id, caller))
            if withText {
                guard let text = try await directory.text(ofDocument: id, scope: caller.scope) else {
                    throw Self.absent(id)
                }
                document.take(text, limitBytes: Self.textLimitBytes)
            }
            return try .json(document)
        }
    }

    private var chunks: Operation {
        .scoped(
            .search, "listDocumentChunks", .get, "/v1/documents/{id}/chunks",
            summary: "the passages that a document was cut into", section: "documents",
            inputs: Self.id
                .and(
                    Inputs.query(
                        "from", .integer(in: 0...Int(Int32.max)), standard: 0, "the first passage's ordinal")
                )
                .and(Inputs.query("limit", .integer(in: 1...500), standard: 100, "passages a page")),
            responses: [.json(DocumentChunkDocument.List.self, "one page, in reading order")],
            problems: [.noSuchThing]
        ) { input, caller in
            let ((id, from), limit) = input
            guard
                let found = try await directory.chunks(
                    ofDocument: id, from: from, limit: limit, scope: caller.scope)
            else { throw Self.absent(id) }
            let next = found.count == limit ? found.last.map { $0.ordinal + 1 } : nil
            return try .json(
                DocumentChunkDocument.List(
                    chunks: found.map { DocumentChunkDocument($0) }, next: Nullable(wrappedValue: next)))
        }
    }

    // MARK: Access

    private var access: Operation {
        .scoped(
            .search, "explainAccess", .get, "/v1/documents/{id}/access",
            summary: "who may read a document, and why", section: "who-may-read-a-document",
            inputs: Self.id.and(
                Inputs.query(
                    "as", .text, standard: "",
                    "why these principals may or may not, with commas between them; for administrators")),
            responses: [.json(DocumentAccessDocument.self, "the conditions, and which of them hold")],
            problems: [.noSuchThing, .invalidParameter]
        ) { input, caller in
            let (id, written) = input
            var reader = caller.reader
            if !written.isEmpty {
                try caller.require(.admin)
                reader = try Self.reader(written)
            }
            guard
                let found = try await directory.access(toDocument: id, of: reader, scope: caller.scope)
            else { throw Self.absent(id) }
            return try .json(DocumentAccessDocument(found, id: id, reader: reader))
        }
    }

    private static func reader(_ list: String) throws(RequestFault) -> Reader {
        do {
            return Reader(try PrincipalList.principals(list))
        } catch {
            throw .invalidParameter(name: "as", expectation: "principals with commas between them. \(error)")
        }
    }

    // MARK: Removing

    private func delete(_ remove: @escaping @Sendable (_ id: String) async throws -> Void) -> Operation {
        .scoped(
            .ingest, "deleteDocument", .delete, "/v1/documents/{id}",
            summary: "a document, gone until its source is read in full", section: "documents",
            inputs: Self.id,
            responses: [ResponseDeclaration(status: 204, summary: "it is gone", content: .none)],
            problems: [.noSuchThing]
        ) { id, caller in
            _ = try await document(id, caller)
            try await remove(id)
            return APIResponse(status: .noContent)
        }
    }
}
