/// Who is in which group, and which groups matter.
public protocol MemberDirectory: Sendable {
    /// Replaces what is known of a group's members.
    ///
    /// - Parameters:
    ///   - group: as rules name it; a group with several names is stored under each.
    ///   - users: empty when they could not be read: nobody then reads by being a member.
    /// - Returns: whether anything changed.
    @discardableResult
    func setMembers(_ users: Set<Principal>, of group: Principal) async throws(CorpusError) -> Bool

    /// The groups whose members are known.
    func knownGroups() async throws(CorpusError) -> Set<Principal>

    /// Every group that a rule in use names.
    ///
    /// - Parameter source: only rules of documents in spaces that syncs of this source read; `nil` for all.
    func groupsInRules(source: String?) async throws(CorpusError) -> Set<Principal>
}

extension MemberDirectory {
    /// Every group that a rule in use names.
    public func groupsInRules() async throws(CorpusError) -> Set<Principal> {
        try await groupsInRules(source: nil)
    }
}
