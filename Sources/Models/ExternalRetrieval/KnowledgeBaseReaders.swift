import JSONValue
import Transport

/// Who may read the passages of a knowledge base, as their metadata says.
public struct KnowledgeBaseReaders: Sendable, Hashable {
    /// What the metadata holds.
    public enum Form: String, Sendable, Hashable, CaseIterable {
        /// A list of principals, each of whom may read.
        case list
        /// One principal.
        case single
    }

    /// The key of the metadata, 1 to 100 characters.
    public var key: String
    public var form: Form
    /// Stands in front of a user's id.
    public var userPrefix: String
    /// Stands in front of a group's name. Other than ``userPrefix``, or a user could be named like a group.
    public var groupPrefix: String
    /// The principal of everybody, not signed in included.
    public var anyone: String
    /// The principal of everybody who is signed in; `nil` for none.
    public var signedIn: String?

    /// The principals are written as Millrace writes them unless said otherwise: `user:ID`, `group:NAME`,
    /// `anyone`, `signed-in`.
    public init(
        key: String, form: Form = .list, userPrefix: String = "user:", groupPrefix: String = "group:",
        anyone: String = "anyone", signedIn: String? = "signed-in"
    ) {
        self.key = key
        self.form = form
        self.userPrefix = userPrefix
        self.groupPrefix = groupPrefix
        self.anyone = anyone
        self.signedIn = signedIn
    }
}

extension KnowledgeBaseReaders {
    /// The caller's principals, each once; whoever has a user or a group is signed in.
    func principals(of caller: ExternalCaller) -> [String] {
        let user = caller.knownUserID.map { userPrefix + $0 }
        let groups = caller.knownGroups.map { groupPrefix + $0 }
        let own = (user.map { [$0] } ?? []) + groups
        let signedIn = own.isEmpty ? nil : signedIn
        var seen: Set<String> = []
        return ([anyone] + (signedIn.map { [$0] } ?? []) + own).filter { seen.insert($0).inserted }
    }

    /// Holds for passages that the caller may read.
    ///
    /// AWS documented five filters a list for long, and a list within a list: more principals than five are
    /// written so while they fit, and then in longer lists.
    func filter(for caller: ExternalCaller) -> KnowledgeBaseFilter {
        let principals = principals(of: caller)
        switch form {
        case .single: return .in(key, principals.map { .string($0) })
        case .list:
            let each = principals.map { KnowledgeBaseFilter.listContains(key, .string($0)) }
            guard each.count > Self.listCount else { return .orAll(each) }
            let size = max(Self.listCount, (each.count + Self.listCount - 1) / Self.listCount)
            return .orAll(
                stride(from: 0, to: each.count, by: size).map { start in
                    .orAll(Array(each[start..<min(start + size, each.count)]))
                })
        }
    }

    private static let listCount = 5

    /// Whether a passage's own metadata names the caller.
    func allow(_ caller: ExternalCaller, _ metadata: [String: JSONValue]) -> Bool {
        let readers: [String] =
            switch metadata[key] {
            case .string(let reader) where form == .single: [reader]
            case .array(let readers) where form == .list: readers.compactMap(\.string)
            default: []
            }
        return !Set(principals(of: caller)).isDisjoint(with: readers)
    }
}
