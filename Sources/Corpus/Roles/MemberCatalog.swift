/// Somebody or some group, as the last syncs know them.
public struct KnownMember: Hashable, Sendable {
    /// A user or a group.
    public var principal: Principal
    /// Groups that a user is in, or users that are in a group.
    public var count: Int

    public init(principal: Principal, count: Int) {
        self.principal = principal
        self.count = count
    }
}

/// How much of a space somebody may read.
public struct ReadableSpace: Hashable, Sendable {
    public var key: String
    public var name: String
    /// Documents that may be read.
    public var documents: Int
    /// Documents that there are.
    public var total: Int

    public init(key: String, name: String, documents: Int, total: Int) {
        self.key = key
        self.name = name
        self.documents = documents
        self.total = total
    }
}

/// Who is known from the last syncs, and what they may read, for administrators. It shows nothing of any document.
public protocol MemberCatalog: Sendable {
    /// By principal as it is written, in the order of its UTF-8.
    ///
    /// - Parameters:
    ///   - kind: only users or only groups; `nil` for both.
    ///   - text: part of the principal, ASCII letters without regard to case; empty for all.
    ///   - principal: the last one of the page before; empty for the first page.
    func knownMembers(
        _ kind: Principal.Kind?, matching text: String, after principal: String, limit: Int
    ) async throws(CorpusError) -> [KnownMember]

    /// The groups that a user is in, by name.
    func groups(of user: Principal, limit: Int) async throws(CorpusError) -> [Principal]

    /// The users in a group, by id.
    func members(of group: Principal, limit: Int) async throws(CorpusError) -> [Principal]

    /// How much of each space a reader may read, by key.
    func readableSpaces(for reader: Reader) async throws(CorpusError) -> [ReadableSpace]
}

extension Principal {
    public enum Kind: String, Sendable, CaseIterable {
        case user, group
    }

    /// `nil` for those that name nobody.
    public var kind: Kind? {
        switch self {
        case .user: .user
        case .group: .group
        case .anyone, .signedIn: nil
        }
    }
}
