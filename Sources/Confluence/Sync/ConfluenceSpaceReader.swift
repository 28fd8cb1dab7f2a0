import Corpus
import Documents
import Foundation
import Sourcing

/// Reads the contents of one space, several at a time.
struct ConfluenceSpaceReader: Sendable {
    let crawl: ConfluenceCrawl
    let space: Space
    let people: ConfluencePeople
    let permissions: ConfluencePermissions
    /// The sync that reads.
    let run: Int64
    /// Whether comments and attachments of every page are listed anew.
    let isFull: Bool
    /// The contents of the space that the scope's query finds; `nil` when it has none.
    var found: Set<String>?
    /// Whether pages are read one by one, with no listing after them that takes away what the scope leaves out.
    var isAlone = false

    var dialect: any ConfluenceDialect { crawl.dialect }

    /// Hands on pages with what hangs below them.
    ///
    /// - Returns: whether everything below them could be listed.
    func read(_ pages: [ConfluenceLedger.Entry]) async throws -> Bool {
        let scoped = try await inScope(pages)
        var bodies = try await bodies(of: scoped.map(\.page))
        var isComplete = true
        for entry in scoped {
            var page = entry.page
            page.body = bodies.removeValue(forKey: page.id)
            if try await !read(page, place: entry.place, belowRun: entry.belowRun) { isComplete = false }
        }
        return isComplete
    }

    private func read(
        _ page: RemoteContent, place: ConfluencePermissions.Place, belowRun: Int64
    ) async throws -> Bool {
        if try await hand(page, place: place, page: page) { return true }
        var below = place
        below.ancestors.append(Ancestor(id: page.id, title: page.title))
        return try await readBelow(page, belowRun: belowRun, place: below)
    }

    /// Bodies of those pages that are not stored, as far as they can be had together.
    private func bodies(of pages: [RemoteContent]) async throws -> [String: RemoteBody] {
        var missing: [RemoteContent] = []
        for page in pages where await crawl.storedVersion(page.id) != page.version { missing.append(page) }
        guard missing.count > 1 else { return [:] }
        do {
            return try await dialect.bodies(of: missing)
        } catch let error as ConfluenceError where !error.isFatal {
            return [:]
        }
    }

    /// Says what could not be read of the permissions.
    func report() async throws {
        let closed = await permissions.unreadable
        if !closed.isEmpty {
            try await crawl.sink.send(
                .closed(
                    """
                    The restrictions of \(closed.count) pages of the space \(space.key), or of pages above \
                    them, could not be read, so nobody may read them here (\(closed.text)).
                    """))
        }
        let cyclic = await permissions.cyclic
        if !cyclic.isEmpty {
            try await crawl.sink.send(
                .warning("The page tree runs in a circle at \(cyclic.count) pages (\(cyclic.text))."))
        }
    }

    /// - Returns: whether the content is gone since it was listed.
    func hand(
        _ content: RemoteContent, place: ConfluencePermissions.Place, page: RemoteContent
    ) async throws -> Bool {
        try Task.checkCancellation()
        if await crawl.storedVersion(content.id) == content.version {
            let standing = DocumentPlace(
                spaceKey: space.key, ancestors: place.ancestors, labels: content.labels,
                url: url(of: content, on: page))
            try await crawl.sink.send(.unchanged(id: content.id, readers: place.readers, place: standing))
            return false
        }
        let title = content.kind == .comment ? "Comment on \(page.title)" : content.title
        do {
            if let document = try await document(content, title: title, place: place, page: page) {
                try await crawl.sink.send(.document(document))
            } else {
                try await crawl.sink.send(.readers(id: content.id, place.readers))
            }
            return false
        } catch let error as ConfluenceError {
            // An earlier version may be stored, for readers that it no longer has.
            try await crawl.sink.send(.readers(id: content.id, place.readers))
            return try await skip(content.id, title, "\(error)", error, of: content.kind)
        }
    }

    /// Skips one content, unless what went wrong will go wrong with all of them.
    ///
    /// - Returns: whether it is gone since it was listed. That is no failure, unless it is the file of an attachment:
    ///   the site may have lost the file and keep the attachment.
    func skip(
        _ id: String, _ title: String, _ reason: String, _ error: ConfluenceError,
        of kind: Document.Kind = .page
    ) async throws -> Bool {
        var isGone = false
        switch error {
        case .unauthorized: try await dialect.probe()
        case .status(404, _), .status(410, _): isGone = true
        default: if error.isFatal { throw error }
        }
        try await crawl.skip(id, title, reason, isFailure: !isGone || kind == .attachment)
        return isGone
    }

    private func document(
        _ content: RemoteContent, title: String, place: ConfluencePermissions.Place, page: RemoteContent
    ) async throws -> SourceDocument? {
        var document = Document(
            id: content.id, kind: content.kind, spaceKey: space.key, title: title, version: content.version,
            ancestors: place.ancestors, labels: content.labels ?? [], author: content.authorName,
            updatedAt: content.updatedAt, url: url(of: content, on: page), text: "", readers: place.readers)
        if content.kind == .attachment {
            guard let body = try await body(ofAttachment: content) else { return nil }
            if document.author == nil { document.author = try await name(of: content.author) }
            return SourceDocument(document: document, body: body)
        }
        let body: RemoteBody
        if let known = content.body { body = known } else { body = try await dialect.body(of: content) }
        document.version = body.version ?? content.version
        document.labels = body.labels ?? document.labels
        let users = ConfluencePeople.mentions(in: body.storage).union([content.author].compactMap(\.self))
        let names = try await people.names(of: users)
        document.author = document.author ?? content.author.flatMap { names.displayName(of: $0) }
        return SourceDocument(
            document: document, body: .storage(body.storage),
            exportView: try await exportView(of: content, body.storage), anchors: dialect.anchors,
            references: names)
    }

    /// The rendered page, if something in it exists only there. A page that cannot be rendered is read
    /// without.
    private func exportView(of content: RemoteContent, _ storage: String) async throws -> String? {
        guard crawl.configuration.renderedMacros == .tables, content.kind != .comment,
            RenderedTables.areWanted(in: storage)
        else { return nil }
        do {
            return try await dialect.exportView(of: content)
        } catch let error as ConfluenceError where !error.isFatal {
            let reason = "the tables of the page \(content.id) could not be rendered: \(error)"
            try await crawl.sink.send(.warning(reason))
            return nil
        }
    }

    private func url(of content: RemoteContent, on page: RemoteContent) -> String? {
        if content.kind == .comment, content.url == nil, let url = page.url {
            return url + (url.contains("?") ? "&" : "?") + "focusedCommentId=\(content.id)"
        }
        return content.url ?? page.url
    }

    private func name(of author: UserReference?) async throws -> String? {
        guard let author else { return nil }
        return try await people.names(of: [author]).displayName(of: author)
    }
}
