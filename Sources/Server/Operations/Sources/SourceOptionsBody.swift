import Foundation
import JSONValue
import Workspace

/// How a source is read: what of it shall be other than it is.
struct SourceOptionsBody: Decodable, Sendable {
    private var changes: [@Sendable (inout SourceOptions) -> Void] = []

    /// What is read of a space, as the setting `confluence.kinds` names it.
    static let kinds = ["pages", "blogposts", "footer-comments", "inline-comments", "attachments"]

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case pages, labels, cql, kinds, archived, concurrency
        case spaceTypes = "space_types"
        case excludedPages = "exclude_pages"
        case excludedLabels = "exclude_labels"
        case createdSince = "created_since"
        case createdBefore = "created_before"
        case updatedSince = "updated_since"
        case updatedBefore = "updated_before"
        case groupMembers = "group_members"
        case renderedMacros = "rendered_macros"
        case pageSize = "page_size"
        case fullSyncEvery = "full_sync_every"
    }

    static var fields: [String: JSONSchema] {
        let texts = JSONSchema.list(of: .text)
        return [
            "space_types": JSONSchema.list(of: .choice(SourceOptions.spaceTypes.sorted())).described(
                "empty for all but personal ones"),
            "pages": texts.described("ids: only these pages and what is below them"),
            "exclude_pages": texts, "labels": texts, "exclude_labels": texts,
            "cql": JSONSchema.text.orNull.described("a query that pages and posts must be found by"),
            "created_since": JSONSchema.time.orNull, "created_before": JSONSchema.time.orNull,
            "updated_since": JSONSchema.time.orNull, "updated_before": JSONSchema.time.orNull,
            "kinds": .list(of: .choice(kinds)), "archived": .flag, "group_members": .flag,
            "rendered_macros": .choice(SourceOptions.RenderedMacros.allCases.map(\.rawValue)),
            "concurrency": .integer(in: 1...64), "page_size": .integer(in: 1...1_000),
            "full_sync_every": .integer(in: 1...10_000),
        ]
    }

    static var schema: JSONSchema { .request(required: [:], optional: fields) }

    func apply(to options: inout SourceOptions) {
        for change in changes { change(&options) }
    }

    private typealias Container = KeyedDecodingContainer<CodingKeys>

    init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        try takeLists(container)
        try takeDates(container)
        try take(container, .archived, \.includesArchived) { (flag: Bool) in flag }
        try take(container, .groupMembers, \.readsGroupMembers) { (flag: Bool) in flag }
        try take(container, .concurrency, \.concurrency) { try Self.number($0, .concurrency, 1...64) }
        try take(container, .pageSize, \.pageSize) { try Self.number($0, .pageSize, 1...1_000) }
        try take(container, .fullSyncEvery, \.fullSyncEvery) {
            try Self.number($0, .fullSyncEvery, 1...10_000)
        }
        try take(container, .renderedMacros, \.renderedMacros) { (text: String) in
            guard let macros = SourceOptions.RenderedMacros(rawValue: text) else {
                throw RequestFault.invalidField(
                    name: "options.rendered_macros",
                    reason: SourceFields.choices(SourceOptions.RenderedMacros.self))
            }
            return macros
        }
    }

    private mutating func takeLists(_ container: Container) throws {
        try take(container, .spaceTypes, \.spaceTypes) { (texts: [String]) in
            try SourceFields.names(
                texts, Self.name(.spaceTypes), of: SourceOptions.spaceTypes.sorted())
        }
        try take(container, .kinds, \.kinds) { (texts: [String]) in
            let kinds = try SourceFields.names(texts, Self.name(.kinds), of: Self.kinds)
            guard kinds.isEmpty || kinds.contains("pages") || kinds.contains("blogposts") else {
                throw RequestFault.invalidField(
                    name: Self.name(.kinds), reason: "must hold pages or blogposts")
            }
            return kinds
        }
        try take(container, .pages, \.pages) { (texts: [String]) in
            try SourceFields.ids(texts, Self.name(.pages))
        }
        try take(container, .excludedPages, \.excludedPages) { (texts: [String]) in
            try SourceFields.ids(texts, Self.name(.excludedPages))
        }
        try take(container, .labels, \.labels) { (texts: [String]) in
            try SourceFields.labels(texts, Self.name(.labels))
        }
        try take(container, .excludedLabels, \.excludedLabels) { (texts: [String]) in
            try SourceFields.labels(texts, Self.name(.excludedLabels))
        }
    }

    private mutating func takeDates(_ container: Container) throws {
        let dates: [(CodingKeys, any WritableKeyPath<SourceOptions, Date?> & Sendable)] = [
            (.createdSince, \.createdSince), (.createdBefore, \.createdBefore),
            (.updatedSince, \.updatedSince), (.updatedBefore, \.updatedBefore),
        ]
        for (key, path) in dates where container.contains(key) {
            let date = try container.decodeIfPresent(String.self, forKey: key).map {
                try Self.date($0, key)
            }
            changes.append { $0[keyPath: path] = date }
        }
        guard container.contains(.cql) else { return }
        let cql = try container.decodeIfPresent(String.self, forKey: .cql)
        if let cql, cql.isEmpty || cql.utf8.count > 4_000 || !SourceFields.isPlain(cql) {
            throw RequestFault.invalidField(
                name: Self.name(.cql), reason: "must be 1 to 4000 bytes without control characters, or null")
        }
        changes.append { $0.cql = cql }
    }

    private mutating func take<Given: Decodable, Value: Sendable>(
        _ container: Container, _ key: CodingKeys,
        _ path: any WritableKeyPath<SourceOptions, Value> & Sendable, _ read: (Given) throws -> Value
    ) throws {
        guard let given = try container.decodeIfPresent(Given.self, forKey: key) else { return }
        let value = try read(given)
        changes.append { $0[keyPath: path] = value }
    }

    private static func name(_ key: CodingKeys) -> String { "options.\(key.stringValue)" }

    private static func number(_ number: Int, _ key: CodingKeys, _ range: ClosedRange<Int>) throws -> Int {
        guard range.contains(number) else {
            throw RequestFault.invalidField(
                name: name(key),
                reason: "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    private static func date(_ text: String, _ key: CodingKeys) throws -> Date {
        let day = Date.ISO8601FormatStyle().year().month().day()
        guard let date = (try? Date.ISO8601FormatStyle().parse(text)) ?? (try? day.parse(text)) else {
            throw RequestFault.invalidField(
                name: name(key), reason: "must be a date such as 2026-01-31 or 2026-01-31T12:00:00Z, or null")
        }
        return date
    }
}
