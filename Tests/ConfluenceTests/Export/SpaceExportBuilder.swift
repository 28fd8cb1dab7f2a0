import Corpus
import Documents
import Foundation
import Sourcing
import TestSupport

@testable import Confluence

/// Writes small space exports, object by object, in whatever order a test wants.
struct SpaceExportBuilder {
    var objects: [String] = []
    var descriptor: String? = "exportType=space\nspaceKey=DOC\nbackupAttachments=true\n"
    var files: [String: Data] = [:]

    static func cdata(_ text: String) -> String {
        "<![CDATA[\(text.replacingOccurrences(of: "]]>", with: "]] >"))]]>"
    }

    static func text(_ name: String, _ value: String) -> String {
        "<property name=\"\(name)\">\(cdata(value))</property>"
    }

    static func reference(_ name: String, _ className: String, _ id: String) -> String {
        let key = className == "ConfluenceUserImpl" ? "key" : "id"
        return "<property name=\"\(name)\" class=\"\(className)\" package=\"p\"><id name=\"\(key)\">"
            + "\(cdata(id))</id>\n</property>"
    }

    static func collection(_ name: String, _ className: String, _ ids: [String]) -> String {
        let elements = ids.map {
            "<element class=\"\(className)\" package=\"p\"><id name=\"id\">\($0)</id>\n</element>"
        }
        return "<collection name=\"\(name)\" class=\"java.util.Collection\">\(elements.joined())</collection>"
    }

    mutating func object(_ className: String, _ id: String, _ parts: [String]) {
        let key = className == "ConfluenceUserImpl" ? "key" : "id"
        let identity = "<id name=\"\(key)\">\(key == "key" ? Self.cdata(id) : id)</id>"
        objects.append(
            "<object class=\"\(className)\" package=\"p\">\n\(identity)\n\(parts.joined(separator: "\n"))\n</object>"
        )
    }

    mutating func space(_ key: String, id: String, viewers: [String] = ["staff"], parts: [String] = []) {
        object("Space", id, [Self.text("key", key), Self.text("name", "Space \(key)")] + parts)
        for (index, group) in viewers.enumerated() {
            viewPermission("\(id)\(index)9", space: id, [Self.text("group", group)])
        }
    }

    mutating func viewPermission(_ id: String, space: String, _ subject: [String]) {
        object(
            "SpacePermission", id,
            [Self.text("type", "VIEWSPACE"), Self.reference("space", "Space", space)] + subject)
    }

    mutating func page(
        _ id: String, _ title: String, parent: String? = nil, space: String? = "1",
        className: String = "Page",
        body: String? = "<p>text</p>", bodyType: Int? = 2, parts: [String] = []
    ) {
        var all = [Self.text("title", title), "<property name=\"version\">3</property>"]
        if let parent { all.append(Self.reference("parent", "Page", parent)) }
        if let space { all.append(Self.reference("space", "Space", space)) }
        object(className, id, all + parts)
        guard let body else { return }
        object(
            "BodyContent", "9\(id)",
            [
                Self.text("body", body), Self.reference("content", "ContentEntityObject", id),
            ] + (bodyType.map { ["<property name=\"bodyType\">\($0)</property>"] } ?? []))
    }

    mutating func restrict(
        _ page: String, set: String, type: String = "View", users: [String] = [], groups: [String] = []
    ) {
        object(
            "ContentPermissionSet", set,
            [Self.text("type", type), Self.reference("owningContent", "Page", page)])
        let subjects =
            users.map { Self.reference("userSubject", "ConfluenceUserImpl", $0) }
            + groups.map { Self.text("groupName", $0) }
        for (index, subject) in subjects.enumerated() {
            object(
                "ContentPermission", "\(set)\(index)",
                [Self.text("type", type), subject, Self.reference("owningSet", "ContentPermissionSet", set)])
        }
    }

    mutating func user(_ key: String, name: String, fullName: String? = nil) {
        object(
            "ConfluenceUserImpl", key, [Self.text("name", name), Self.text("lowerName", name.lowercased())])
        guard let fullName else { return }
        object(
            "InternalUser", "7\(key.count)", [Self.text("name", name), Self.text("displayName", fullName)])
    }

    var entities: String {
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<hibernate-generic datetime=\"2026-01-01 00:00:00\">\n"
            + objects.joined(separator: "\n") + "\n</hibernate-generic>\n"
    }

    /// The export as a folder.
    func folder() throws -> TemporaryDirectory {
        let folder = try TemporaryDirectory()
        try folder.write(entities, to: "entities.xml")
        if let descriptor { try folder.write(descriptor, to: "exportDescriptor.properties") }
        for (name, data) in files { try folder.write(data, to: name) }
        return folder
    }

    /// The export as the bytes of a zip file.
    func zip() -> ZipWriter {
        var zip = ZipWriter()
        if let descriptor { zip.add("exportDescriptor.properties", Data(descriptor.utf8)) }
        zip.add("entities.xml", Data(entities.utf8))
        for (name, data) in files.sorted(by: { $0.key < $1.key }) { zip.add(name, data) }
        return zip
    }
}

/// Everything that one reading of a source gave.
struct Reading {
    var documents: [SourceDocument] = []
    var skipped: [SkippedDocument] = []
    var warnings: [String] = []
    /// What is closed because permissions could not be read; among the warnings as well.
    var closed: [String] = []
    var unchanged: [String: AccessRule] = [:]
    var readers: [String: AccessRule] = [:]
    var spaces: [Space] = []
    var listed: [String] = []
    var removed: [String] = []
    var expected: [Int] = []
    var error: (any Error)?

    init(
        _ source: any DocumentSource, storedVersion: @escaping @Sendable (String) async -> Int? = { _ in nil }
    )
        async
    {
        do {
            for try await event in source.events(storedVersion: storedVersion) {
                switch event {
                case .space(let space): spaces.append(space)
                case .expected(let count): expected.append(count)
                case .document(let document): documents.append(document)
                case .unchanged(let id, let readers, _): unchanged[id] = readers
                case .readers(let id, let rule): readers[id] = rule
                case .skipped(let skip): skipped.append(skip)
                case .warning(let text): warnings.append(text)
                case .closed(let text):
                    warnings.append(text)
                    closed.append(text)
                case .listed(let key): listed.append(key)
                case .removed(let id): removed.append(id)
                case .finished: break
                }
            }
        } catch {
            self.error = error
        }
    }

    /// Reads an export that a builder describes.
    init(_ builder: SpaceExportBuilder, baseURL: String? = nil) async throws {
        let folder = try builder.folder()
        let source = try SpaceExportSource(path: folder.url, baseURL: baseURL.flatMap(URL.init))
        await self.init(source)
        withExtendedLifetime(folder) {}
        if let error { throw error }
    }

    func document(_ id: String) -> SourceDocument? { documents.first { $0.document.id == id } }

    /// The body of a document, whichever kind it is.
    func body(_ id: String) -> String? {
        switch document(id)?.body {
        case .storage(let text), .documentFormat(let text), .plain(let text): text
        case .events(let events): events.storageFormat
        case nil: nil
        }
    }

    /// Who may read a document, by the names of principals.
    func mayRead(_ id: String, _ principals: String...) -> Bool {
        let reader = Reader(principals.compactMap { Principal($0) })
        return (document(id)?.document.readers ?? unchanged[id])?.isSatisfied(by: reader) ?? false
    }

    func skip(_ id: String) -> SkippedDocument? { skipped.first { $0.id == id } }
}
