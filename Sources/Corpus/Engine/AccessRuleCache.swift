import Synchronization

/// The interned access rules, read once: rows are only ever added, so what is known stays true.
@_spi(CorpusEngine) public struct AccessRuleCache: ~Copyable, Sendable {
    private struct State {
        var rules: [(id: AccessClassID, rule: AccessRule)] = []
        /// What a reader satisfied among the first `count` rules.
        var satisfied: [Reader: (count: Int, ids: Set<AccessClassID>)] = [:]
    }

    private let state = Mutex(State())
    private static var readerLimit: Int { 1_000 }

    public init() {}

    /// The id of the last rule that is known.
    public var last: AccessClassID { state.withLock { $0.rules.last?.id ?? 0 } }

    /// Forgets all rules: the database may be another one, which gave their ids to others.
    public func reset() { state.withLock { $0 = State() } }

    /// The classes that `reader` satisfies.
    ///
    /// The answer holds what the caller's transaction can see; a rule that another one added meanwhile is harmless, for
    /// no chunk that is visible there carries it.
    ///
    /// - Parameter fresh: the rules behind ``last``, as they were read after it was asked for, by id.
    public func classes(
        satisfiedBy reader: Reader, adding fresh: [(id: AccessClassID, rule: AccessRule)]
    ) -> Set<AccessClassID> {
        state.withLock { state in
            let known = state.rules.last?.id ?? 0
            state.rules.append(contentsOf: fresh.filter { $0.id > known })
            var (count, ids) = state.satisfied[reader] ?? (0, [])
            for entry in state.rules[count...] where entry.rule.isSatisfied(by: reader) {
                ids.insert(entry.id)
            }
            count = state.rules.count
            if state.satisfied.count >= Self.readerLimit, state.satisfied[reader] == nil {
                state.satisfied.removeAll(keepingCapacity: true)
            }
            state.satisfied[reader] = (count, ids)
            return ids
        }
    }
}

extension Reader {
    /// The users whose memberships count; `nil` for a reader that names groups itself: it brings them from an identity
    /// token, which is fresher than any table, and nothing is added then.
    @_spi(CorpusEngine) public var usersToExpand: [String]? {
        var users: [String] = []
        for principal in principals {
            switch principal {
            case .user: users.append(principal.description)
            case .group: return nil
            case .anyone, .signedIn: continue
            }
        }
        return users.isEmpty ? nil : users
    }
}
