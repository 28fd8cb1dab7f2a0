import Corpus
import Sourcing

/// What will be handed on of an export, worked out before the first event.
struct SpaceExportPlan: Sendable {
    /// A document to come: who it is and what it stands under.
    struct Item: Sendable {
        var content: ExportContent
        var spaceKey: String
        /// The page of a comment or an attachment; the content itself otherwise.
        var page: ExportContent
        var place: ExportTree.Place
    }

    private(set) var spaces: [ExportSpace] = []
    private(set) var items: [String: [Item]] = [:]
    private(set) var skipped: [String: [SkippedDocument]] = [:]
    private(set) var warnings: [String] = []
    /// What is closed because its permissions could not be read.
    private(set) var closed: [String] = []
    /// Those that are handed on and those that are skipped.
    var documentCount: Int {
        items.values.reduce(0) { $0 + $1.count } + skipped.values.reduce(0) { $0 + $1.count }
    }

    private let entities: ExportEntities
    private let tree: ExportTree
    /// The ids of the spaces that are read: two objects may describe the space of one key.
    private var spaceIDs: Set<String> = []
    /// By the space's id.
    private var viewers: [String: Set<Principal>] = [:]
    /// Pages whose own restriction cannot be told whole.
    private var unreadable = IDSample()
    private var places: [String: ExportTree.Place] = [:]
    private var orphanCount = 0
    private var cycleIDs: [String] = []

    init(
        entities: ExportEntities, descriptor: SpaceExportDescriptor, includeComments: Bool,
        includeAttachments: Bool
    ) throws {
        self.entities = entities
        tree = ExportTree(entities)
        try chooseSpaces(descriptor)
        for space in foldSpaces() {
            viewers[space.id] = entities.permissions.viewers(ofSpace: space.id, people: entities.people)
            if viewers[space.id] == nil, holdsContents(space) {
                warnings.append(
                    """
                    The export holds no view permission of the space \(space.key): nobody may read its pages \
                    until an export with permissions is ingested.
                    """)
            }
        }
        var contents = Self.inOrder(entities.contents.values)
        if includeAttachments { contents += Self.latestAttachments(entities.attachments.values) }
        for content in contents where includeComments || content.kind != .comment { add(content) }
        reportFaults()
    }

    /// Whether anything stands in a space, or it is the only one of its key.
    private func holdsContents(_ space: ExportSpace) -> Bool {
        entities.spaces.values.count { $0.key == space.key } == 1
            || entities.contents.values.contains { $0.spaceID == space.id }
    }

    private mutating func chooseSpaces(_ descriptor: SpaceExportDescriptor) throws {
        let all = entities.spaces.values.sorted {
            ($0.key, $0.id.count, $0.id) < ($1.key, $1.id.count, $1.id)
        }
        guard let key = descriptor.spaceKey, !descriptor.isSiteBackup else {
            spaces = all.filter { !$0.isArchived }
            let archived = all.filter(\.isArchived).map(\.key)
            if !archived.isEmpty {
                warnings.append("Archived spaces were left out: \(archived.joined(separator: ", ")).")
            }
            if all.isEmpty { throw SpaceExportError.spaceMissing(key: "(any)", found: []) }
            return
        }
        let matches = all.first { $0.key == key } ?? all.first { $0.key.lowercased() == key.lowercased() }
        guard let space = matches else {
            throw SpaceExportError.spaceMissing(key: key, found: all.map(\.key))
        }
        spaces = all.filter { $0.key == space.key }
    }

    /// Takes the spaces of one key together: their pages are read once, each with the viewers of its own space.
    ///
    /// - Returns: all that are read.
    private mutating func foldSpaces() -> [ExportSpace] {
        let all = spaces
        spaceIDs = Set(all.map(\.id))
        let groups = Dictionary(grouping: all, by: \.key)
        spaces = all.filter { groups[$0.key]?.first?.id == $0.id }
        for space in spaces {
            guard let same = groups[space.key], same.count > 1 else { continue }
            let ids = same.map(\.id).joined(separator: ", ")
            warnings.append(
                """
                \(same.count) spaces of the export have the key \(space.key) (ids \(ids)). Their pages are read as \
                those of one, each with the permissions of its own.
                """)
        }
        return all
    }

    private mutating func add(_ content: ExportContent) {
        guard content.kind != .other, !entities.isHistorical(content) else { return }
        guard let spaceID = tree.spaceID(of: content), let known = entities.spaces[spaceID] else {
            guard let first = spaces.first, content.kind == .page || content.kind == .blogPost else { return }
            skip(
                content, first.key, "it belongs to a space that the export does not describe", isFailure: true
            )
            return
        }
        guard spaceIDs.contains(known.id) else {
            guard let first = spaces.first, spaces.count == 1, content.status == "current" else { return }
            skip(content, first.key, "it belongs to the space \(known.key), which was not asked for")
            return
        }
        guard content.status == "current" else {
            skip(content, known.key, Self.reason(status: content.status))
            return
        }
        guard let page = tree.page(of: content), page.status == "current" else {
            skip(content, known.key, "the page it stands under is not current")
            return
        }
        let place = self.place(of: page, viewers: viewers[known.id])
        items[known.key, default: []].append(
            Item(content: content, spaceKey: known.key, page: page, place: place))
    }

    private mutating func place(of page: ExportContent, viewers: Set<Principal>?) -> ExportTree.Place {
        if let known = places[page.id] { return known }
        let place = tree.place(of: page, viewers: viewers)
        places[page.id] = place
        if entities.permissions.isUnreadable(page) { unreadable.insert(page.id) }
        switch place.fault {
        case .missingAncestor: orphanCount += 1
        case .cycle: cycleIDs.append(page.id)
        case nil: break
        }
        return place
    }

    private mutating func skip(
        _ content: ExportContent, _ key: String, _ reason: String, isFailure: Bool = false
    ) {
        skipped[key, default: []].append(
            SkippedDocument(
                id: content.documentID, title: content.title, reason: reason, isFailure: isFailure))
    }

    private mutating func reportFaults() {
        if !entities.repeatedIDs.isEmpty {
            let some = entities.repeatedIDs.prefix(5).joined(separator: ", ")
            warnings.append(
                """
                \(entities.repeatedIDs.count) contents have the id of another one (ids \(some)); the first of \
                each was taken.
                """)
        }
        if !unreadable.isEmpty {
            closed.append(
                """
                \(unreadable.count) pages have a restriction that the export does not hold whole, so whoever it \
                may name besides reads neither them nor what stands below them (\(unreadable.text)).
                """)
        }
        if orphanCount > 0 {
            warnings.append(
                """
                \(orphanCount) pages stand below a page that the export does not hold. Its restrictions are \
                unknown, so nobody may read them.
                """)
        }
        if !cycleIDs.isEmpty {
            let some = cycleIDs.prefix(5).joined(separator: ", ")
            warnings.append(
                "The page tree runs in a circle at \(cycleIDs.count) pages (ids \(some)); it was cut there.")
        }
    }

    private static func reason(status: String) -> String {
        switch status {
        case "deleted", "trashed": "it is in the trash"
        case "draft": "it is a draft"
        default: "its status is “\(status.prefix(40))”"
        }
    }

    /// Pages, blog posts, comments; each in the order of creation.
    private static func inOrder(_ contents: some Collection<ExportContent>) -> [ExportContent] {
        func rank(_ kind: ExportContent.Kind) -> Int {
            switch kind {
            case .page: 0
            case .blogPost: 1
            case .comment: 2
            case .attachment, .other: 3
            }
        }
        return contents.sorted {
            (rank($0.kind), $0.id.count, $0.id) < (rank($1.kind), $1.id.count, $1.id)
        }
    }

    /// One attachment for each name on a page. Some exports do not mark old versions as such.
    private static func latestAttachments(_ attachments: some Collection<ExportContent>) -> [ExportContent] {
        var latest: [String: ExportContent] = [:]
        for attachment in inOrder(attachments) {
            let key = "\(attachment.containerID ?? "")/\(attachment.status)/\(attachment.title)"
            if let known = latest[key], known.version >= attachment.version { continue }
            latest[key] = attachment
        }
        return inOrder(latest.values)
    }
}
