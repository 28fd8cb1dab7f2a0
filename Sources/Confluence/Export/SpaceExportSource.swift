import Corpus
import Documents
import Foundation
import Sourcing

/// A Confluence space export (XML), or a site backup, as a source of documents: the zip file that Confluence
/// wrote, or a folder with its contents. No network.
///
/// The whole export is read before the first event: a damaged file throws and hands on nothing that could
/// pass for a complete listing. Bodies wait in a temporary file; memory holds one of them at a time.
public struct SpaceExportSource: DocumentSource {
    public let name: String
    private let path: URL
    private let baseURL: URL?
    private let includeComments: Bool
    private let includeAttachments: Bool
    private let timeZone: TimeZone
    private let limits: ZipLimits
    private let attachmentText: AttachmentText

    /// Gets the groups of a site backup with their members, before the first event of a reading that found any.
    public var onMemberships: (@Sendable ([GroupMembership]) async throws -> Void)?

    /// Whether a folder holds an unpacked export.
    public static func isExport(folder: URL) -> Bool {
        ExportFiles.root(in: folder) != nil
    }

    /// Why a folder that holds no unpacked XML export is no folder of pages, either: it holds an export of another
    /// kind, whose files would be read without their permissions. `nil` when it may be a folder of pages.
    public static func refusal(ofFolder folder: URL) -> SpaceExportError? {
        ExportFiles.otherExport(in: folder).map { .notAnExport(path: folder.path, hint: $0) }
    }

    /// - Parameters:
    ///   - path: the zip file or the folder.
    ///   - baseURL: where the site is served, for links; without it the export's own word is taken, and
    ///     without that documents have no URL.
    ///   - timeZone: the zone of the export's dates where the export does not say. Server exports never do.
    ///   - attachmentText: reads attachments.
    /// - Throws: `SpaceExportError` when `path` cannot be an export: not there, no zip, unsafe, a bomb.
    ///   What is wrong inside `entities.xml` is thrown by the stream of events.
    public init(
        path: URL, baseURL: URL? = nil, includeComments: Bool = true, includeAttachments: Bool = true,
        timeZone: TimeZone = .gmt, limits: ZipLimits = ZipLimits(),
        attachmentText: AttachmentText = AttachmentText()
    ) throws {
        self.path = path
        self.baseURL = baseURL
        self.includeComments = includeComments
        self.includeAttachments = includeAttachments
        self.timeZone = timeZone
        self.limits = limits
        self.attachmentText = attachmentText
        name = path.lastPathComponent
        do {
            _ = try ExportFiles(path: path, limits: limits)
        } catch let error as ArchiveError {
            throw SpaceExportError(error)
        }
    }

    public func events(
        storedVersion: @escaping @Sendable (_ id: String) async -> Int?
    ) -> AsyncThrowingStream<SourceEvent, any Error> {
        // An export holds every body, so each document is handed on whatever is stored: its labels, place
        // and links may have changed without a new version.
        pacedEvents { sink in
            do {
                try await send(to: sink)
            } catch let error as ArchiveError {
                throw SpaceExportError(error)
            }
        }
    }

    private func send(to sink: EventSink) async throws {
        let reading = try SpaceExportReading(
            path: path, baseURL: baseURL, includeComments: includeComments,
            includeAttachments: includeAttachments, timeZone: timeZone, limits: limits,
            attachmentText: attachmentText)
        let memberships = reading.memberships
        if !memberships.isEmpty { try await onMemberships?(memberships) }
        try await reading.send(to: sink)
    }
}

/// One reading of an export: everything is known, the bodies are on disk.
private struct SpaceExportReading: Sendable {
    private let entities: ExportEntities
    private let plan: SpaceExportPlan
    private let attachments: SpaceExportAttachments
    private let links: ConfluenceLinks?
    private let timeZone: TimeZone
    /// Of the Confluence that made the export.
    private let build: Int?

    init(
        path: URL, baseURL: URL?, includeComments: Bool, includeAttachments: Bool, timeZone: TimeZone,
        limits: ZipLimits, attachmentText: AttachmentText
    ) throws {
        let files = try ExportFiles(path: path, limits: limits)
        let descriptor = try files.descriptor().map(SpaceExportDescriptor.init) ?? SpaceExportDescriptor()
        var collected = ExportEntities(spill: try SpillFile())
        try files.readEntities { stream in
            try EntitiesReader.read(stream, classes: ExportEntities.classes) { entity in
                try Task.checkCancellation()
                try collected.add(entity)
            }
        }
        entities = collected
        plan = try SpaceExportPlan(
            entities: entities, descriptor: descriptor, includeComments: includeComments,
            includeAttachments: includeAttachments)
        attachments = try SpaceExportAttachments(
            items: plan.items.values.flatMap(\.self), files: files, entities: entities,
            hasAttachments: descriptor.hasAttachments, reader: attachmentText)
        links = (baseURL ?? descriptor.baseURL).map(ConfluenceLinks.init)
        self.timeZone = descriptor.timeZone ?? timeZone
        build = descriptor.build
    }

    var memberships: [GroupMembership] { entities.groups.memberships }

    func send(to sink: EventSink) async throws {
        try await sink.send(.expected(plan.documentCount))
        for warning in plan.warnings { try await sink.send(.warning(warning)) }
        for reason in plan.closed { try await sink.send(.closed(reason)) }
        if entities.untypedBodyCount > 0 {
            try await sink.send(
                .warning(
                    """
                    \(entities.untypedBodyCount) bodies do not say whether they are wiki markup or storage \
                    format; each is read as what it looks like\(build.map { " in an export of build \($0)" } ?? "").
                    """))
        }
        for space in plan.spaces {
            try await sink.send(.space(Space(key: space.key, name: space.name, type: space.type)))
            for skipped in plan.skipped[space.key] ?? [] { try await sink.send(.skipped(skipped)) }
            for item in plan.items[space.key] ?? [] { try await send(item, to: sink) }
            try await sink.send(.listed(spaceKey: space.key))
        }
    }

    private func send(_ item: SpaceExportPlan.Item, to sink: EventSink) async throws {
        do {
            let body = try await body(of: item.content)
            for note in body.notes {
                try await sink.send(
                    .warning("Attachment \(item.content.documentID) “\(title(item))”: \(note)."))
            }
            try await sink.send(
                .document(
                    SourceDocument(
                        document: document(item), body: body.body,
                        anchors: links?.isCloud == true ? .cloud : .dataCenter,
                        references: entities.people)))
        } catch let problem as SpaceExportProblem {
            try await sink.send(
                .skipped(
                    SkippedDocument(
                        id: item.content.documentID, title: title(item), reason: problem.reason,
                        isFailure: problem.isFailure)))
        }
    }

    private func body(of content: ExportContent) async throws -> AttachmentBody {
        if content.kind == .attachment {
            return try await attachments.body(of: content, mediaType: entities.mediaType(of: content))
        }
        return AttachmentBody(body: try storedBody(of: content), notes: [])
    }

    private func storedBody(of content: ExportContent) throws -> DocumentBody {
        // Storage format before plain text before wiki markup; of equals the longer one.
        let ranks = [2: 3, 1: 2, 0: 1]
        let best = entities.bodies(of: content).max {
            (ranks[type(of: $0)] ?? 0, $0.range.count) < (ranks[type(of: $1)] ?? 0, $1.range.count)
        }
        guard let best else { return .storage("") }
        if best.isTruncated {
            throw SpaceExportProblem(reason: "its body is larger than \(EntitiesLimits().bodyBytes) bytes")
        }
        switch type(of: best) {
        case 2: return .storage(SpaceExportBody.repaired(try entities.spill.read(best.range)))
        case 1: return .plain(try text(best.range))
        case 0: return .events(WikiMarkup.events(of: try text(best.range)))
        case let type:
            throw SpaceExportProblem(reason: "its body is of the type \(type), which cannot be read")
        }
    }

    private func type(of body: ExportEntities.Body) -> Int {
        body.type ?? (body.markup?.isWiki(build: build) == true ? 0 : 2)
    }

    private func text(_ range: SpillFile.Range) throws -> String {
        String(decoding: try entities.spill.read(range), as: UTF8.self)
    }

    private func title(_ item: SpaceExportPlan.Item) -> String {
        item.content.kind == .comment ? "Comment on \(item.page.title)" : item.content.title
    }

    private func document(_ item: SpaceExportPlan.Item) -> Document {
        let content = item.content
        var ancestors = item.place.ancestors
        if content.id != item.page.id || content.kind == .attachment {
            ancestors.append(Ancestor(id: item.page.id, title: item.page.title))
        }
        return Document(
            id: content.documentID, kind: kind(content), spaceKey: item.spaceKey,
            title: title(item), version: content.version, ancestors: ancestors,
            labels: entities.labels(of: content), author: author(content),
            updatedAt: content.changedAt.flatMap { exportDate($0, in: timeZone) }, url: url(item), text: "",
            readers: item.place.readers)
    }

    private func kind(_ content: ExportContent) -> Document.Kind {
        switch content.kind {
        case .page, .other: .page
        case .blogPost: .blogPost
        case .comment: .comment
        case .attachment: .attachment
        }
    }

    private func author(_ content: ExportContent) -> String? {
        switch content.author {
        case .key(let key): entities.people.displayName(ofKey: key)
        case .name(let name): entities.people.displayName(ofUsername: name)
        case nil: nil
        }
    }

    private func url(_ item: SpaceExportPlan.Item) -> String? {
        guard let links else { return nil }
        let page =
            item.page.kind == .blogPost
            ? links.blogPost(id: item.page.id, spaceKey: item.spaceKey)
            : links.page(id: item.page.id, spaceKey: item.spaceKey)
        switch item.content.kind {
        case .comment: return links.comment(id: item.content.id, on: page)
        case .attachment: return links.attachment(fileName: item.content.title, pageID: item.page.id)
        case .page, .blogPost, .other: return page
        }
    }
}
