import Documents
import Foundation

/// What is remembered of `entities.xml`: everything but the bodies, which lie in a spill file.
///
/// Objects come in any order and refer to each other before they appear, so nothing is resolved here.
struct ExportEntities: Sendable {
    /// One `BodyContent`.
    struct Body: Sendable {
        var range: SpillFile.Range
        /// 0 wiki markup, 1 plain text, 2 storage format; others exist. `nil` when the export does not say.
        var type: Int?
        /// What it looks like, where its type is not said.
        var markup: BodyMarkup?
        var isTruncated: Bool
        /// The content it says it belongs to.
        var owner: String?
    }

    private(set) var spaces: [String: ExportSpace] = [:]
    private(set) var contents: [String: ExportContent] = [:]
    private(set) var attachments: [String: ExportContent] = [:]
    private(set) var people = ExportPeople()
    private(set) var permissions = ExportPermissions()
    private(set) var groups = ExportGroups()
    /// Ids that two current contents have; the first of them was kept.
    private(set) var repeatedIDs: [String] = []
    let spill: SpillFile

    /// Kept by position: were two bodies with one id to share a place, a page could show another page's text.
    private var bodies: [Body] = []
    /// Positions of bodies, by what they belong to and by their own ids.
    private var bodiesOfOwner: [String: [Int]] = [:]
    private var bodiesOfID: [String: [Int]] = [:]
    private var labelNames: [String: String] = [:]
    private var labelsOfContent: [String: [String]] = [:]
    private var historicalIDs: Set<String> = []
    private var mediaTypes: [String: String] = [:]
    private var fileSizes: [String: Int] = [:]

    init(spill: SpillFile) {
        self.spill = spill
    }

    /// Bodies of which the export does not say how they are written.
    var untypedBodyCount: Int { bodies.count { $0.type == nil } }

    static let classes: Set<String> = ExportContent.classes.union(ExportPeople.classes)
        .union(ExportPermissions.classes).union(ExportGroups.classes)
        .union(["Space", "BodyContent", "Label", "Labelling", "ContentProperty"])

    mutating func add(_ entity: ExportEntity) throws {
        if ExportContent.classes.contains(entity.className) {
            addContent(entity)
        } else if ExportPeople.classes.contains(entity.className) {
            people.add(entity)
            groups.addUser(entity)
        } else if ExportGroups.classes.contains(entity.className) {
            groups.add(entity)
        } else if ExportPermissions.classes.contains(entity.className) {
            permissions.add(entity)
        } else {
            try addPart(entity)
        }
    }

    /// Bodies of `content`: the ones that name it as their owner; if there are none, the ones it lists that
    /// name no owner.
    func bodies(of content: ExportContent) -> [Body] {
        if let owned = bodiesOfOwner[content.id] { return owned.map { bodies[$0] } }
        let listed = content.bodyIDs.flatMap { bodiesOfID[$0] ?? [] }
        return listed.map { bodies[$0] }.filter { $0.owner == nil }
    }

    func labels(of content: ExportContent) -> [String] {
        // A labelling does not say which of an attachment and a page with one number it means.
        guard content.kind != .attachment || contents[content.id] == nil else { return [] }
        let names = (labelsOfContent[content.id] ?? []).compactMap { labelNames[$0] }
        return Array(Set(names)).sorted()
    }

    /// Whether another object lists `content` among its old versions.
    func isHistorical(_ content: ExportContent) -> Bool {
        historicalIDs.contains(content.documentID)
    }

    /// The content that `id` refers to; pages and attachments may share numbers in old exports.
    func content(_ id: String?) -> ExportContent? {
        guard let id else { return nil }
        return contents[id] ?? attachments[id]
    }

    func mediaType(of attachment: ExportContent) -> String? {
        attachment.mediaType ?? mediaTypes[attachment.id]
    }

    func byteCount(of attachment: ExportContent) -> Int? {
        attachment.byteCount ?? fileSizes[attachment.id]
    }

    private mutating func addContent(_ entity: ExportEntity) {
        let prefix = entity.className == "Attachment" ? "att" : ""
        historicalIDs.formUnion((entity.collections["historicalVersions"] ?? []).map { prefix + $0 })
        guard let content = ExportContent(entity) else { return }
        if content.kind == .attachment {
            keep(content, in: \.attachments)
        } else {
            keep(content, in: \.contents)
        }
    }

    /// Of two objects with one id the current one wins, then the first.
    private mutating func keep(
        _ content: ExportContent, in place: WritableKeyPath<ExportEntities, [String: ExportContent]>
    ) {
        if let known = self[keyPath: place][content.id],
            known.status == "current" || content.status != "current"
        {
            if known.status == content.status, content.status == "current" {
                repeatedIDs.append(content.documentID)
            }
            return
        }
        self[keyPath: place][content.id] = content
    }

    private mutating func addPart(_ entity: ExportEntity) throws {
        switch entity.className {
        case "Space":
            spaces[entity.id] = ExportSpace(entity)
        case "BodyContent":
            let type = entity.text("bodyType").flatMap(Int.init)
            let body = Body(
                range: try spill.append(entity.body), type: type,
                markup: type == nil ? BodyMarkup(entity.body) : nil, isTruncated: entity.isBodyTruncated,
                owner: entity.reference("content"))
            if let owner = body.owner { bodiesOfOwner[owner, default: []].append(bodies.count) }
            bodiesOfID[entity.id, default: []].append(bodies.count)
            bodies.append(body)
        case "Label":
            // Personal labels (“my:favourite”) say nothing to others.
            if entity.text("namespace") != "my", let name = entity.text("name") {
                labelNames[entity.id] = name
            }
        case "Labelling":
            if let content = entity.reference("content"), let label = entity.reference("label") {
                labelsOfContent[content, default: []].append(label)
            }
        case "ContentProperty":
            guard let owner = entity.reference("content") else { return }
            if entity.text("name") == "MEDIA_TYPE" {
                mediaTypes[owner] = entity.text("stringValue")?.lowercased()
            } else if entity.text("name") == "FILESIZE" {
                fileSizes[owner] = entity.text("longValue").flatMap(Int.init)
            }
        default:
            break
        }
    }
}
