import Corpus
import Foundation

/// One reading of a live Confluence.
struct ConfluenceCrawl: Sendable {
    let dialect: any ConfluenceDialect
    let configuration: ConfluenceConfiguration
    let sink: EventSink
    let storedVersion: @Sendable (_ id: String) -> Int?

    func run() async throws {
        let spaces = try await spacesToRead()
        let people = ConfluencePeople(dialect: dialect)
        for space in spaces {
            do {
                try await readSpace(space, people: people)
            } catch let error as ConfluenceError where !error.isFatal {
                // Not listed: nothing of this space may be removed.
                try await skip(
                    "space:\(space.space.key)", space.space.name, "its listing failed: \(error)",
                    isFailure: true)
            }
        }
    }

    private func spacesToRead() async throws -> [RemoteSpace] {
        let wanted = configuration.spaces
        let found: [RemoteSpace]
        do {
            found = try await dialect.spaces(keys: wanted)
        } catch ConfluenceError.status(404, let path) {
            throw ConfluenceError.notConfluence(base: path)
        }
        guard !wanted.isEmpty else {
            return found.filter {
                configuration.includePersonalSpaces || !$0.space.type.hasPrefix("personal")
            }
        }
        let byKey = Dictionary(found.map { ($0.space.key, $0) }, uniquingKeysWith: { first, _ in first })
        for key in wanted where byKey[key] == nil {
            try await skip(
                "space:\(key)", key, "there is no such space, or the account may not see it", isFailure: true)
        }
        return wanted.compactMap { byKey[$0] }
    }

    private func readSpace(_ space: RemoteSpace, people: ConfluencePeople) async throws {
        let contents = try await dialect.contents(of: space)
        let viewers = try await viewers(of: space)
        try await sink.send(.space(space.space))
        try await sink.send(.expected(contents.count))
        let reader = ConfluenceSpaceReader(
            crawl: self, space: space.space, people: people,
            permissions: ConfluencePermissions(dialect: dialect, viewers: viewers, contents: contents))
        let isComplete = try await withThrowingTaskGroup(of: Bool.self) { group in
            var isComplete = true
            for (index, content) in contents.enumerated() {
                if index >= configuration.concurrency, try await group.next() == false { isComplete = false }
                group.addTask { try await reader.read(content) }
            }
            for try await isListed in group where !isListed { isComplete = false }
            return isComplete
        }
        try await reader.report()
        // A page whose comments could not be listed may have lost some or none: nobody can tell.
        if isComplete { try await sink.send(.listed(spaceKey: space.space.key)) }
    }

    /// Who may view the space; nobody, with a warning, when that cannot be read.
    private func viewers(of space: RemoteSpace) async throws -> Set<Principal> {
        var reason = "they name nobody who could be told"
        do {
            let viewers = try await dialect.viewers(of: space)
            if !viewers.isEmpty { return viewers }
        } catch let error as ConfluenceError where !error.isFatal {
            reason = "\(error)"
        }
        try await sink.send(
            .warning(
                """
                The permissions of the space \(space.space.key) could not be read, so nobody may read its \
                pages here: \(reason)
                """))
        return []
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

    private var dialect: any ConfluenceDialect { crawl.dialect }

    /// Hands on a page with what hangs below it.
    ///
    /// - Returns: whether everything below it could be listed.
    func read(_ page: RemoteContent) async throws -> Bool {
        let place = try await permissions.place(of: page)
        if try await hand(page, place: place, page: page) { return true }
        var below = place
        below.ancestors.append(Ancestor(id: page.id, title: page.title))
        var isComplete = true
        if crawl.configuration.includeComments {
            isComplete = try await readBelow(page, "comments", place: below) {
                try await dialect.comments(on: page)
            }
        }
        if crawl.configuration.includeAttachments {
            let isListed = try await readBelow(page, "attachments", place: below) {
                try await dialect.attachments(of: page)
            }
            isComplete = isComplete && isListed
        }
        return isComplete
    }

    /// Says what could not be read of the permissions.
    func report() async throws {
        let closed = await permissions.unreadableIDs
        if !closed.isEmpty {
            try await crawl.sink.send(
                .warning(
                    """
                    The restrictions of \(closed.count) pages of the space \(space.key), or of pages above \
                    them, could not be read, so nobody may read them here (\(Self.some(closed))).
                    """))
        }
        let cyclic = await permissions.cyclicIDs
        if !cyclic.isEmpty {
            try await crawl.sink.send(
                .warning("The page tree runs in a circle at \(cyclic.count) pages (\(Self.some(cyclic)))."))
        }
    }

    private static func some(_ ids: Set<String>) -> String {
        "ids " + ids.sorted().prefix(5).joined(separator: ", ") + (ids.count > 5 ? ", …" : "")
    }

    private func readBelow(
        _ page: RemoteContent, _ what: String, place: ConfluencePermissions.Place,
        list: () async throws -> [RemoteContent]
    ) async throws -> Bool {
        let found: [RemoteContent]
        do {
            found = try await list()
        } catch let error as ConfluenceError {
            let reason = "its \(what) could not be listed: \(error)"
            // Of a page that is gone there is nothing left to list.
            return try await skip(page.id, page.title, reason, error)
        }
        for content in found { _ = try await hand(content, place: place, page: page) }
        return true
    }

    /// - Returns: whether the content is gone since it was listed.
    private func hand(
        _ content: RemoteContent, place: ConfluencePermissions.Place, page: RemoteContent
    ) async throws -> Bool {
        try Task.checkCancellation()
        if crawl.storedVersion(content.id) == content.version {
            try await crawl.sink.send(.unchanged(id: content.id, readers: place.readers))
            return false
        }
        let title = content.kind == .comment ? "Comment on \(page.title)" : content.title
        do {
            if let document = try await document(content, title: title, place: place, page: page) {
                try await crawl.sink.send(.document(document))
            }
            return false
        } catch let error as ConfluenceError {
            return try await skip(content.id, title, "\(error)", error)
        }
    }

    /// Skips one content, unless what went wrong will go wrong with all of them.
    ///
    /// - Returns: whether it is gone rather than failed.
    private func skip(
        _ id: String, _ title: String, _ reason: String, _ error: ConfluenceError
    ) async throws -> Bool {
        var isGone = false
        switch error {
        case .unauthorized: try await dialect.probe()
        case .status(404, _), .status(410, _): isGone = true
        default: if error.isFatal { throw error }
        }
        try await crawl.skip(id, title, reason, isFailure: !isGone)
        return isGone
    }

    private func document(
        _ content: RemoteContent, title: String, place: ConfluencePermissions.Place, page: RemoteContent
    ) async throws -> SourceDocument? {
        var document = Document(
            id: content.id, kind: content.kind, spaceKey: space.key, title: title, version: content.version,
            ancestors: place.ancestors, labels: content.labels ?? [], author: content.authorName,
            updatedAt: content.updatedAt, url: content.url ?? page.url, text: "", readers: place.readers)
        if content.kind == .comment, content.url == nil, let url = page.url {
            document.url = url + (url.contains("?") ? "&" : "?") + "focusedCommentId=\(content.id)"
        }
        if content.kind == .attachment {
            guard let text = try await text(of: content) else { return nil }
            if document.author == nil { document.author = try await name(of: content.author) }
            return SourceDocument(document: document, body: .plain(text))
        }
        let body = try await dialect.body(of: content)
        document.version = body.version ?? content.version
        document.labels = body.labels ?? document.labels
        let users = ConfluencePeople.mentions(in: body.storage).union([content.author].compactMap(\.self))
        let names = try await people.names(of: users)
        document.author = document.author ?? content.author.flatMap { names.displayName(of: $0) }
        return SourceDocument(document: document, body: .storage(body.storage), references: names)
    }

    private func name(of author: UserReference?) async throws -> String? {
        guard let author else { return nil }
        return try await people.names(of: [author]).displayName(of: author)
    }

    /// The text of an attachment, or `nil` after it was reported as skipped.
    private func text(of attachment: RemoteContent) async throws -> String? {
        let limit = SpaceExportAttachments.byteLimit
        let file = attachment.file
        guard let file, TextAttachment.isText(mediaType: file.mediaType, fileName: attachment.title) else {
            let type = file?.mediaType ?? "unknown"
            let reason = "attachments of the type \(type.prefix(80)) are not read"
            try await crawl.skip(attachment.id, attachment.title, reason, isFailure: false)
            return nil
        }
        guard file.byteCount ?? 0 <= limit else {
            let reason = "it is larger than \(limit) bytes"
            try await crawl.skip(attachment.id, attachment.title, reason, isFailure: false)
            return nil
        }
        let bytes = [UInt8](try await dialect.file(file))
        guard bytes.count <= limit, let text = TextAttachment.text(bytes) else {
            let reason = "it says that it is text, but holds binary data or more than \(limit) bytes"
            try await crawl.skip(attachment.id, attachment.title, reason, isFailure: true)
            return nil
        }
        return text
    }
}
