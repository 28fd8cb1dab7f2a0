/// Who may read a page: every clause must hold, and a clause holds for any one of its principals.
///
/// Confluence demands the right to view the space, the page's own restriction, and that of *every*
/// ancestor. Each of these names some users and groups, any of which will do. Which users are in which
/// groups changes without any page changing, so the clauses are kept as they are and never flattened
/// into a list of readers.
///
/// Clauses are kept in a canonical order without repeats or implied ones, so equal rules are equal values.
public struct AccessRule: Hashable, Sendable, Codable {
    /// A conjunction of disjunctions. An empty clause can be satisfied by nobody.
    public let clauses: [[Principal]]

    /// - Parameter clauses: in any order. A clause that another one implies (a superset of it) is dropped.
    public init(allOf clauses: some Sequence<Set<Principal>>) {
        let distinct = Set(clauses.filter { !$0.contains(.anyone) })
        let minimal = distinct.filter { clause in
            !distinct.contains { $0 != clause && $0.isSubset(of: clause) }
        }
        self.clauses = minimal.map { $0.sorted() }.sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// Everybody, signed in or not.
    public static let everybody = AccessRule(allOf: [])
    /// Nobody: the rule of a page whose permissions could not be read.
    public static let nobody = AccessRule(allOf: [[]])

    public func isSatisfied(by reader: Reader) -> Bool {
        clauses.allSatisfy { clause in clause.contains { reader.principals.contains($0) } }
    }

    /// Whether everybody who satisfies this rule satisfies `other` as well, whoever is in which group.
    ///
    /// Sound: `true` is a proof. Each clause of `other` must follow from one clause of this rule, which is so
    /// when every principal of the latter stands for one of the former: itself, `signed-in` for a user or a
    /// group, `anyone` for all. Not complete: a proof that needs two clauses at once is not looked for.
    public func implies(_ other: AccessRule) -> Bool {
        other.clauses.allSatisfy { wanted in
            clauses.contains { given in given.allSatisfy { $0.stands(forOneOf: wanted) } }
        }
    }

    /// The rule that demands this one and `other`.
    public func and(_ other: AccessRule) -> AccessRule {
        AccessRule(allOf: (clauses + other.clauses).map { Set($0) })
    }

    /// The rule that also demands `clause`.
    public func adding(_ clause: Set<Principal>) -> AccessRule {
        AccessRule(allOf: clauses.map { Set($0) } + [clause])
    }
}

/// The small number that stands for an interned ``AccessRule`` in one database.
public typealias AccessClassID = Int64
