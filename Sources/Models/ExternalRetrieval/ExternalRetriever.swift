import AWSServices

/// A search that somebody else keeps: it has an index, a ranking and access control of its own.
public protocol ExternalRetriever: Sendable {
    /// Shown in traces and in front of citations.
    var name: String { get }

    /// The passages that answer a query and that its caller may read, best first.
    ///
    /// A caller without a user and without groups gets what everybody may read, and nothing more. A text
    /// without a visible character finds nothing.
    ///
    /// - Returns: at most as many as the query asks for, each id once, none without text. None is no error.
    /// - Throws: the error of the service; no error shows the query, a passage or a token.
    func retrieve(_ query: ExternalQuery) async throws -> [ExternalPassage]
}

/// As whom a search is asked. The search believes it: it must come from who signed in, never from what was
/// asked.
public struct ExternalCaller: Sendable, Hashable {
    /// As the search knows the user; `nil` for somebody who is not signed in.
    public var userID: String?
    /// As the search knows the groups.
    public var groups: [String]
    /// What the search itself knows the user by, in place of the two above where the search takes it.
    public var token: AWSSecretText?

    public init(userID: String? = nil, groups: [String] = [], token: AWSSecretText? = nil) {
        self.userID = userID
        self.groups = groups
        self.token = token
    }

    /// The same with a token that does not hide itself yet; `nil` for none.
    public init(userID: String?, groups: [String], bearing token: String?) {
        self.init(userID: userID, groups: groups, token: token.map { AWSSecretText($0) })
    }

    /// Somebody who is not signed in.
    public static let anonymous = ExternalCaller()

    /// The user, where the name has a visible character.
    var knownUserID: String? {
        userID.flatMap { $0.contains { !$0.isWhitespace } ? $0 : nil }
    }

    /// The groups whose names have a visible character, each once, in order.
    var knownGroups: [String] {
        var seen: Set<String> = []
        return groups.filter { $0.contains { !$0.isWhitespace } && seen.insert($0).inserted }
    }
}

/// What a search is asked.
public struct ExternalQuery: Sendable, Hashable {
    /// Passages of a query.
    public static let limits = 1...100

    public let text: String
    /// How many passages at most, 1 to 100.
    public let limit: Int
    public let caller: ExternalCaller

    /// - Throws: ``ExternalQueryError/limit(_:)`` outside of ``limits``.
    public init(
        _ text: String, limit: Int, caller: ExternalCaller
    ) throws(ExternalQueryError) {
        guard Self.limits.contains(limit) else { throw .limit(limit) }
        self.text = text
        self.limit = limit
        self.caller = caller
    }

    /// Whether there is nothing to look for.
    var isEmpty: Bool { text.allSatisfy(\.isWhitespace) }
}

/// Why a search is not asked.
public enum ExternalQueryError: Error, Sendable, Equatable {
    case limit(Int)
}

extension ExternalQueryError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .limit(let limit):
            """
            \(limit) passages were asked of a managed search, which gives \(ExternalQuery.limits.lowerBound) \
            to \(ExternalQuery.limits.upperBound). Ask for a number within that.
            """
        }
    }
}
