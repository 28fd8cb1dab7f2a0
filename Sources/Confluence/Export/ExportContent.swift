import Foundation

/// A space as the export describes it.
struct ExportSpace: Sendable {
    var id: String
    var key: String
    var name: String
    var type: String
    var isArchived: Bool

    init?(_ entity: ExportEntity) {
        guard let key = entity.text("key", "lowerKey") else { return nil }
        id = entity.id
        self.key = key
        name = entity.text("name") ?? key
        type = entity.text("spaceType") ?? (key.hasPrefix("~") ? "personal" : "")
        isArchived = entity.text("spaceStatus")?.uppercased() == "ARCHIVED"
    }
}

/// Anything in an export that can be read, hangs in the tree, or holds something that does.
struct ExportContent: Sendable {
    enum Kind: Sendable {
        case page, blogPost, comment, attachment
        /// A folder, a whiteboard, a plug-in's own content: may be a parent, is never a document.
        case other
    }

    /// Who wrote it: older exports give the name, newer ones the key.
    enum Person: Sendable {
        case key(String)
        case name(String)
    }

    var id: String
    var kind: Kind
    var title: String
    var version: Int
    /// `current`, `deleted`, `draft`, `archived`; absent in a few exports, and then `current`.
    var status: String
    var spaceID: String?
    var parentID: String?
    /// What a comment or an attachment belongs to.
    var containerID: String?
    var author: Person?
    var changedAt: String?
    var bodyIDs: [String]
    var permissionSetIDs: [String]
    var mediaType: String?
    var byteCount: Int?

    /// Unique among all contents. Attachments have numbers of their own in old exports; the prefix is that of
    /// Confluence's REST API.
    var documentID: String { kind == .attachment ? "att\(id)" : id }

    private static let kinds: [String: Kind] = [
        "Page": .page, "BlogPost": .blogPost, "Comment": .comment, "Attachment": .attachment,
        "CustomContentEntityObject": .other, "Folder": .other,
    ]
    static let classes = Set(kinds.keys)

    /// `nil` for other classes and for old versions of something.
    init?(_ entity: ExportEntity) {
        guard let kind = Self.kinds[entity.className], !entity.id.isEmpty else { return nil }
        if entity.reference("originalVersion") != nil { return nil }
        if entity.text("originalVersionId", "originalVersion") != nil { return nil }
        id = entity.id
        self.kind = kind
        title = (kind == .attachment ? entity.text("title", "fileName") : entity.text("title")) ?? ""
        version = entity.text("version", "attachmentVersion").flatMap(Int.init) ?? 1
        status = entity.text("contentStatus")?.lowercased() ?? "current"
        spaceID = entity.reference("space") ?? entity.text("spaceId")
        parentID = entity.reference("parent")
        containerID = entity.reference("containerContent", "content", "owner", "page")
        author = Self.person(entity)
        changedAt = entity.text("lastModificationDate", "creationDate")
        bodyIDs = entity.collections["bodyContents"] ?? []
        permissionSetIDs = entity.collections["contentPermissionSets"] ?? []
        mediaType = entity.text("contentType")?.lowercased()
        byteCount = entity.text("fileSize").flatMap(Int.init)
    }

    private static func person(_ entity: ExportEntity) -> Person? {
        if let key = entity.reference("creator", "lastModifier") { return .key(key) }
        return entity.text("creatorName", "lastModifierName").map(Person.name)
    }
}

/// Reads `yyyy-MM-dd HH:mm:ss.SSS` as a moment in `timeZone`; `nil` if it is no such date.
func exportDate(_ text: String, in timeZone: TimeZone) -> Date? {
    let parts = text.split(whereSeparator: { !$0.isNumber }).map { Int($0) }
    guard parts.count >= 6, let year = parts[0], let month = parts[1], let day = parts[2],
        let hour = parts[3],
        let minute = parts[4], let second = parts[5], (1...9999).contains(year), (1...12).contains(month),
        (1...31).contains(day), (0..<24).contains(hour), (0..<60).contains(minute), (0...60).contains(second)
    else { return nil }
    let milliseconds = parts.count > 6 ? parts[6] ?? 0 : 0
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = timeZone
    let components = DateComponents(
        year: year, month: month, day: day, hour: hour, minute: minute, second: second)
    return calendar.date(from: components)?.addingTimeInterval(Double(min(milliseconds, 999)) / 1000)
}
