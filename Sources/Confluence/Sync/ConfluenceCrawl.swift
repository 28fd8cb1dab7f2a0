import Corpus
import Documents
import Foundation
import Sourcing

/// One reading of a live Confluence.
struct ConfluenceCrawl: Sendable {
    let dialect: any ConfluenceDialect
    let configuration: ConfluenceConfiguration
    let sink: EventSink
    let ledger: ConfluenceLedger
    let storedVersion: @Sendable (_ id: String) async -> Int?
    let now: @Sendable () -> Date

    func run() async throws {
        let spaces = try await spacesToRead()
        let people = ConfluencePeople(dialect: dialect)
        var groups: Set<String> = []
        for space in spaces {
            do {
                groups.formUnion(try await ConfluenceSpaceSync(crawl: self, space: space).run(people: people))
            } catch let error as ConfluenceError where !error.isFatal {
                // Not listed: nothing of this space may be removed.
                try await skip(
                    "space:\(space.space.key)", space.space.name, "its listing failed: \(error)",
                    isFailure: true)
            }
        }
        try await leaveSpaces(besides: Set(spaces.map(\.space.key)))
        if configuration.readsGroupMembers {
            // Of spaces that could not be read now as well: who left a group must not read there, either.
            groups.formUnion(try await ledger.groupsInRules())
            try await ConfluenceMembership(dialect: dialect, store: ledger.store, sink: sink).refresh(groups)
        }
    }

    /// Spaces that were read once and that the site no longer lists: deleted, archived or not shared any more.
    /// Their pages go, in so far as so many may go at once.
    private func leaveSpaces(besides read: Set<String>) async throws {
        let known = try await ledger.store.syncedSpaces(source: ledger.source)
        for key in known.subtracting(read).sorted() where configuration.spaces.isEmpty {
            if try await ledger.store.documentIDs(inSpace: key).isEmpty {
                try await ledger.store.forgetSync(source: ledger.source, space: key)
                continue
            }
            try await sink.send(
                .warning("The space \(key) was read before and is no longer listed: its pages go."))
            try await sink.send(.listed(spaceKey: key))
        }
    }

    /// Spaces that are named, were read once and are no longer listed: nobody may read what is stored of them,
    /// until the site lists them again. Nothing of them goes.
    private func closeSpaces(besides listed: Set<String>) async throws {
        let known = try await ledger.store.syncedSpaces(source: ledger.source).subtracting(listed)
        for key in known.sorted()
        where configuration.spaces.contains(where: { ConfluenceScope.matches(key, $0) }) {
            let ids = try await ledger.store.documentIDs(inSpace: key)
            guard !ids.isEmpty else { continue }
            for id in ids.sorted() { try await sink.send(.readers(id: id, .nobody)) }
            try await sink.send(
                .closed(
                    """
                    The space \(key) was read before and is no longer listed, so nobody may read its \
                    \(ids.count) stored documents here.
                    """))
        }
    }

    private func spacesToRead() async throws -> [RemoteSpace] {
        let scope = configuration.scope
        let found: [RemoteSpace]
        do {
            found = try await dialect.spaces(keys: scope.namesAllSpaces ? scope.spaces : [])
        } catch ConfluenceError.status(404, let path) {
            throw ConfluenceError.notConfluence(base: path)
        }
        for key in scope.spaces where !found.contains(where: { ConfluenceScope.matches($0.space.key, key) }) {
            let reason =
                ConfluenceScope.isPattern(key)
                ? "no space has a key like this, as far as the account may see"
                : "there is no such space, or the account may not see it"
            try await skip("space:\(key)", key, reason, isFailure: true)
        }
        try await closeSpaces(besides: Set(found.map(\.space.key)))
        return found.filter { scope.includes($0.space) }
    }

    func skip(_ id: String, _ title: String, _ reason: String, isFailure: Bool) async throws {
        try await sink.send(
            .skipped(SkippedDocument(id: id, title: title, reason: reason, isFailure: isFailure)))
    }
}

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
