import Corpus

/// Who is in a group, as a source that knows it says.
public struct GroupMembership: Hashable, Sendable {
    public var group: Principal
    /// Users, those of groups within the group too.
    public var members: Set<Principal>

    public init(group: Principal, members: Set<Principal>) {
        self.group = group
        self.members = members
    }
}

/// The groups of a site backup and who is in them. Space exports hold none.
struct ExportGroups: Sendable {
    static let classes: Set<String> = [
        "InternalGroup", "HibernateMembership", "DefaultHibernateGroup", "Group",
    ]

    private var names: [String: [String]] = [:]
    private var userNames: [String: String] = [:]
    /// Ids of members by the group's id.
    private var usersOfGroup: [String: Set<String>] = [:]
    private var groupsOfGroup: [String: Set<String>] = [:]

    mutating func addUser(_ entity: ExportEntity) {
        guard entity.className != "ConfluenceUserImpl" else { return }
        userNames[entity.id] = entity.text("lowerName", "name")?.lowercased()
    }

    mutating func add(_ entity: ExportEntity) {
        guard entity.className == "HibernateMembership" else {
            guard let name = entity.text("name", "lowerName") else { return }
            let lower = name.lowercased()
            names[entity.id] = lower == name ? [name] : [name, lower]
            // Before Crowd, a group listed its members itself.
            let users = (entity.collections["localMembers"] ?? []) + (entity.collections["users"] ?? [])
            usersOfGroup[entity.id, default: []].formUnion(users)
            return
        }
        guard let group = entity.reference("parentGroup", "group") else { return }
        if let user = entity.reference("userMember", "user") { usersOfGroup[group, default: []].insert(user) }
        if let inner = entity.reference("groupMember") { groupsOfGroup[group, default: []].insert(inner) }
    }

    /// Every group with its members, by the group's name. A member that the backup does not name is left out.
    var memberships: [GroupMembership] {
        names.flatMap { id, names in
            let users = Set(members(of: id).compactMap { userNames[$0] }.map { Principal.user($0) })
            return names.map { GroupMembership(group: .group($0), members: users) }
        }.sorted { $0.group < $1.group }
    }

    /// Groups may hold groups, and in a damaged backup each other.
    private func members(of group: String) -> Set<String> {
        var users: Set<String> = []
        var seen: Set<String> = [group]
        var open = [group]
        while let next = open.popLast() {
            users.formUnion(usersOfGroup[next] ?? [])
            for inner in groupsOfGroup[next] ?? [] where seen.insert(inner).inserted { open.append(inner) }
        }
        return users
    }
}
