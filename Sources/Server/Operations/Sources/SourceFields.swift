import Foundation
import Workspace

/// What fields of a source may be.
enum SourceFields {
    static let name = JSONSchema.text.described(
        "1 to \(StoredSource.nameCharacters) characters, unique, for people")

    static var shared: [String: JSONSchema] {
        [
            "spaces": SourceSpacesBody.schema,
            "sync_minutes": JSONSchema.integer(in: 0...10_080).described(
                "how often it is synced by itself; 0 for only when somebody asks"),
            "options": SourceOptionsBody.schema,
            "permissions": JSONSchema.choice(SourceDefinition.Permissions.allCases.map(\.rawValue)).described(
                "“verify” also asks the site for each page before anything of it is shown; Cloud alone"),
        ]
    }

    static func isPlain(_ text: String) -> Bool {
        !text.unicodeScalars.contains { $0.value < 32 || (127..<160).contains($0.value) }
    }

    static func choices<Choice: RawRepresentable & CaseIterable>(_ type: Choice.Type) -> String
    where Choice.RawValue == String {
        "must be one of \(type.allCases.map(\.rawValue).joined(separator: ", "))"
    }

    static func name(_ text: String) throws(RequestFault) -> String {
        let name = text.trimmingCharacters(in: .whitespaces)
        guard (1...StoredSource.nameCharacters).contains(name.count), name.utf8.count <= 1_000, isPlain(name)
        else {
            throw .invalidField(
                name: "name",
                reason:
                    "must be 1 to \(StoredSource.nameCharacters) characters, no control characters among them"
            )
        }
        return name
    }

    static func minutes(_ minutes: Int) throws(RequestFault) -> Int {
        guard (0...10_080).contains(minutes) else {
            throw .invalidField(name: "sync_minutes", reason: "must be a whole number from 0 to 10080")
        }
        return minutes
    }

    static func permissions(_ text: String) throws(RequestFault) -> SourceDefinition.Permissions {
        guard let permissions = SourceDefinition.Permissions(rawValue: text) else {
            throw .invalidField(name: "permissions", reason: choices(SourceDefinition.Permissions.self))
        }
        return permissions
    }

    /// Keys of spaces, or patterns of them.
    static func keys(_ texts: [String], _ field: String) throws(RequestFault) -> [String] {
        try list(texts, field, "letters, digits and “-_~.*?”") { scalar in
            scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                || "-_~.*?".unicodeScalars.contains(scalar)
        }
    }

    /// Ids of pages.
    static func ids(_ texts: [String], _ field: String) throws(RequestFault) -> [String] {
        try list(texts, field, "digits") { ("0"..."9").contains($0) }
    }

    static func labels(_ texts: [String], _ field: String) throws(RequestFault) -> [String] {
        try list(texts, field, "no control characters") { isPlain(String($0)) }
    }

    /// Names of a set, as they are known.
    static func names(_ texts: [String], _ field: String, of known: [String]) throws(RequestFault) -> [String]
    {
        guard texts.allSatisfy(known.contains) else {
            throw .invalidField(name: field, reason: "may hold \(known.joined(separator: ", "))")
        }
        return Array(Set(texts)).sorted()
    }

    private static func list(
        _ texts: [String], _ field: String, _ what: String, _ allows: (Unicode.Scalar) -> Bool
    ) throws(RequestFault) -> [String] {
        guard texts.count <= 1_000 else {
            throw .invalidField(name: field, reason: "has \(texts.count) entries, and at most 1000 are taken")
        }
        let areFine = texts.allSatisfy { text in
            (1...255).contains(text.utf8.count) && text.unicodeScalars.allSatisfy(allows)
        }
        guard areFine else {
            throw .invalidField(name: field, reason: "has an entry that is not 1 to 255 bytes of \(what)")
        }
        return texts
    }
}
