import Corpus

/// Who may read a document, and why a certain reader may or may not.
struct DocumentAccessDocument: ResponseDocument {
    struct Condition: Encodable, Sendable {
        var anyOf: [String]
        /// `document`, or `included-page`.
        var origin: String
        var holds: Bool
        @Nullable var heldBy: String?
        var byMembership: Bool
        var explanation: String

        init(_ condition: DocumentAccess.Condition) {
            anyOf = condition.anyOf.map(\.description)
            origin = condition.isOfIncludedPage ? "included-page" : "document"
            holds = condition.heldBy != nil
            heldBy = condition.heldBy?.description
            byMembership = condition.isByMembership
            explanation = Self.words(condition)
        }

        private static func words(_ condition: DocumentAccess.Condition) -> String {
            guard !condition.anyOf.isEmpty else {
                return "Nobody may read it, because its permissions could not be read."
            }
            let names = condition.anyOf.map(DocumentAccessDocument.word).joined(separator: " or ")
            let source = condition.isOfIncludedPage ? " (because of a page that it includes)" : ""
            guard let held = condition.heldBy else { return "Only for \(names)\(source): does not hold." }
            let way =
                condition.isByMembership
                ? "as a member of \(DocumentAccessDocument.word(held))"
                : "as \(DocumentAccessDocument.word(held))"
            return "Only for \(names)\(source): holds, \(way)."
        }
    }

    var documentID: String
    /// The principals that are asked about.
    var reader: [String]
    var mayRead: Bool
    var summary: String
    var conditions: [Condition]

    init(_ access: DocumentAccess, id: String, reader: Reader) {
        documentID = id
        self.reader = reader.principals.sorted().map(\.description)
        mayRead = access.mayRead
        conditions = access.conditions.map { Condition($0) }
        let missing = access.conditions.count { $0.heldBy == nil }
        summary =
            switch (access.conditions.count, missing) {
            case (0, _): "Everybody may read it, signed in or not."
            case (_, 0): "May be read: each of the conditions holds."
            case (_, let count):
                "May not be read: \(count == 1 ? "one condition does" : "\(count) conditions do") not hold."
            }
    }

    private static func word(_ principal: Principal) -> String {
        switch principal {
        case .user(let id): "the user \(id)"
        case .group(let name): "the group \(name)"
        case .anyone: "anyone"
        case .signedIn: "whoever is signed in"
        }
    }

    static var schema: JSONSchema {
        let condition = JSONSchema.object(required: [
            "any_of": .list(of: .text), "origin": .choice(["document", "included-page"]), "holds": .flag,
            "held_by": .text.orNull, "by_membership": .flag, "explanation": .text,
        ])
        return .object(required: [
            "document_id": .text, "reader": .list(of: .text), "may_read": .flag, "summary": .text,
            "conditions": JSONSchema.list(of: condition).described("all must hold"),
        ]).named("DocumentAccess")
    }
}
