/// Who may read a document, and why a certain reader may or may not.
public struct DocumentAccess: Hashable, Sendable {
    /// One of the conditions, all of which must hold.
    public struct Condition: Hashable, Sendable {
        /// It holds for any one of these; empty when it can hold for nobody.
        public var anyOf: [Principal]
        /// Whether the document is not restricted so by itself, but by a page that it includes.
        public var isOfIncludedPage: Bool
        /// The principal of the reader that it holds by; `nil` when it does not hold.
        public var heldBy: Principal?
        /// Whether the reader has that principal as a member of a group, as far as the last sync knows.
        public var isByMembership: Bool
    }

    /// Empty for a document that everybody may read.
    public var conditions: [Condition]

    public var mayRead: Bool { conditions.allSatisfy { $0.heldBy != nil } }

    /// - Parameters:
    ///   - rule: as searches apply it.
    ///   - own: of the document by itself.
    ///   - reader: as it is known at the door.
    ///   - expanded: with the groups that it is found in.
    public init(rule: AccessRule, own: AccessRule, reader: Reader, expanded: Reader) {
        conditions = rule.clauses.map { clause in
            let held =
                clause.first { reader.principals.contains($0) }
                ?? clause.first { expanded.principals.contains($0) }
            return Condition(
                anyOf: clause, isOfIncludedPage: !own.clauses.contains(clause), heldBy: held,
                isByMembership: held.map { !reader.principals.contains($0) } ?? false)
        }
    }
}
