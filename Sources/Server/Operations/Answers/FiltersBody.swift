import Corpus
import Foundation
import JSONValue

/// `filters` of a question or search: what may be looked at.
struct FiltersBody: RequestDocument, Hashable {
    var spaces: Set<String> = []
    var labels: Set<String> = []
    var kinds: Set<Document.Kind> = []
    var authors: Set<String> = []
    var documents: Set<String> = []
    var updatedAfter: Date?
    var insights: [PassageInsights.Kind: Set<String>] = [:]

    /// Values that a list may have.
    static let valueLimit = 100

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case spaces, labels, kinds, authors, documents, languages, sentiments, entities
        case keyPhrases = "key_phrases"
        case updatedAfter = "updated_after"
    }

    static let summary = "what may be looked at; all that are given must hold"

    static var schema: JSONSchema {
        func list(of item: JSONSchema) -> JSONSchema { .list(of: item, count: 1...valueLimit) }
        return .request(
            required: [:],
            optional: [
                "spaces": list(of: .text).described("space keys"), "labels": list(of: .text),
                "kinds": list(of: .choice(Document.Kind.allCases.map(\.rawValue))),
                "languages": list(of: .text).described("codes such as “en”, where passages were analyzed"),
                "sentiments": list(of: .text).described("“positive”, say, where passages were analyzed"),
                "entities": list(of: .text).described("names in the text, where passages were analyzed"),
                "key_phrases": list(of: .text).described("phrases of the text, where passages were analyzed"),
                "authors": list(of: .text).described("names, as “author” gives them"),
                "documents": list(of: .text).described("ids of documents, as “document_id” gives them"),
                "updated_after": JSONSchema([
                    "type": "string", "anyOf": [["format": "date"], ["format": "date-time"]],
                    "description": "a day, from its beginning in UTC, or a time",
                ]),
            ]
        ).named("Filters")
    }

    init() {}

    init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        func values(_ key: CodingKeys) throws -> [String] {
            guard let values = try container.decodeIfPresent([String].self, forKey: key) else { return [] }
            // Read as none of them it would find nothing, read as no filter everything: whoever sends it means one.
            guard !values.isEmpty else {
                throw RequestFault.invalidField(
                    name: "filters.\(key.stringValue)",
                    reason: "is empty, which nothing meets; leave it out to look at all")
            }
            guard values.count <= Self.valueLimit else {
                throw RequestFault.invalidField(
                    name: "filters.\(key.stringValue)",
                    reason: "has \(values.count) values; the limit is \(Self.valueLimit)")
            }
            return values
        }
        spaces = Set(try values(.spaces))
        labels = Set(try values(.labels))
        authors = Set(try values(.authors))
        documents = Set(try values(.documents))
        kinds = Set(
            try values(.kinds).map { name in
                guard let kind = Document.Kind(rawValue: name) else {
                    throw RequestFault.invalidField(
                        name: "filters.kinds",
                        reason: "holds “\(name.prefix(50))”; kinds are \(Self.kindNames)")
                }
                return kind
            })
        for (kind, key) in [
            (PassageInsights.Kind.language, CodingKeys.languages), (.sentiment, .sentiments),
            (.entity, .entities), (.keyPhrase, .keyPhrases),
        ] {
            insights[kind] = Set(try values(key).map(PassageInsights.folded))
        }
        if let text = try container.decodeIfPresent(String.self, forKey: .updatedAfter) {
            updatedAfter = try Self.date(text)
        }
    }

    /// As searches take it.
    var filter: ChunkFilter {
        ChunkFilter(
            spaces: spaces, labels: labels, kinds: kinds, authors: authors, documents: documents,
            updatedAfter: updatedAfter, insights: insights)
    }

    private static let kindNames = Document.Kind.allCases.map(\.rawValue).joined(separator: ", ")

    /// A day (its beginning in UTC) or an RFC 3339 time.
    private static func date(_ text: String) throws(RequestFault) -> Date {
        let whole = Date.ISO8601FormatStyle()
        let styles = [
            whole, Date.ISO8601FormatStyle(includingFractionalSeconds: true), whole.year().month().day(),
        ]
        for style in styles {
            guard let date = try? style.parse(text), style == styles[2] ? style.format(date) == text : true
            else {
                continue
            }
            return date
        }
        throw .invalidField(
            name: "filters.updated_after",
            reason: "must be a day (2026-01-31) or a time (2026-01-31T08:00:00Z)")
    }
}
