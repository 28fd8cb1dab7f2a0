import Corpus
import Foundation
import JSONValue

/// The body of `POST /v1/ingest/jobs`.
struct IngestJobBody: RequestDocument {
    var source: String
    var scope: IngestJob.Scope
    var isDryRun: Bool

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case source, scope
        case isDryRun = "dry_run"
    }

    private enum ScopeKeys: String, CodingKey, CaseIterable {
        case site, space, page
    }

    static let summary = "a source, and how much of it is read"

    static var schema: JSONSchema {
        .request(
            required: [
                "source": JSONSchema.text.described("its id"),
                "scope": JSONSchema.request(
                    required: [:],
                    optional: [
                        "site": JSONSchema.constant(true).described("everything that the settings choose"),
                        "space": JSONSchema.text.described("a space, by its key"),
                        "page": JSONSchema.text.described("a page, by its id"),
                    ]
                ).described("one of these"),
            ],
            optional: [
                "dry_run": JSONSchema.flag.described(
                    "whether it only says what would change; of a site or a space"
                ).standard(false)
            ]
        ).named("IngestJobRequest")
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        source = try container.decode(String.self, forKey: .source)
        isDryRun = try container.decodeIfPresent(Bool.self, forKey: .isDryRun) ?? false
        let parts = try container.superDecoder(forKey: .scope).strictContainer(keyedBy: ScopeKeys.self)
        let isSite = try parts.decodeIfPresent(Bool.self, forKey: .site) ?? false
        let space = try parts.decodeIfPresent(String.self, forKey: .space)
        let page = try parts.decodeIfPresent(String.self, forKey: .page)
        switch (isSite, space, page) {
        case (true, nil, nil): scope = .site
        case (false, let key?, nil): scope = .space(try Self.name(key, "scope.space"))
        case (false, nil, let id?): scope = .page(try Self.name(id, "scope.page"))
        default:
            throw RequestFault.invalidField(
                name: "scope", reason: #"must hold one of {"site": true}, {"space": KEY} and {"page": ID}"#)
        }
    }

    /// What is passed on to a source as a part of its addresses.
    private static func name(_ text: String, _ field: String) throws(RequestFault) -> String {
        let isPlain = text.unicodeScalars.allSatisfy {
            $0.properties.isAlphabetic || ("0"..."9").contains($0) || "-_~.".unicodeScalars.contains($0)
        }
        guard !text.isEmpty, text.utf8.count <= 255, isPlain else {
            throw .invalidField(
                name: field, reason: "must be 1 to 255 bytes of letters, digits, “-”, “_”, “~” and “.”")
        }
        return text
    }
}
