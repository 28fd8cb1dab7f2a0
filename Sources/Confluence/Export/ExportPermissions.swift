import Corpus

/// The permissions of an export, as its objects give them.
///
/// A reader must be able to view the space and satisfy the view restriction of the page and of *every*
/// page above it. What cannot be read closes; it never opens.
struct ExportPermissions: Sendable {
    /// One `ContentPermission` or `SpacePermission`: at most one subject.
    private struct Grant: Sendable {
        var subject: Subject
        /// `View`, `VIEWSPACE`, …
        var type: String
    }

    private enum Subject: Sendable {
        case userKey(String)
        case principal(Principal)
        /// Nobody is named at all.
        case none
        /// Somebody is named in a way that cannot be read.
        case unknown

        /// Whether it names somebody.
        var isKnown: Bool {
            switch self {
            case .userKey, .principal: true
            case .none, .unknown: false
            }
        }
    }

    private struct RestrictionSet: Sendable {
        var type: String?
        /// What its collection lists, found or not.
        var memberIDs: [String]
    }

    static let classes: Set<String> = ["SpacePermission", "ContentPermissionSet", "ContentPermission"]

    private var spaceGrants: [String: [Subject]] = [:]
    private var sets: [String: RestrictionSet] = [:]
    private var setsOfContent: [String: Set<String>] = [:]
    private var grants: [String: Grant] = [:]
    private var grantsOfSet: [String: Set<String>] = [:]
    /// Whether those who are not signed in may use the site at all, as a backup of a whole site may say.
    private var isSiteOpen = false

    mutating func add(_ entity: ExportEntity) {
        switch entity.className {
        case "SpacePermission":
            let hasSpace = (entity.reference("space") ?? entity.text("spaceId")) != nil
            if !hasSpace, entity.text("type")?.uppercased() == "USECONFLUENCE",
                case .none = Self.subject(entity, groups: ["group", "groupName"])
            {
                isSiteOpen = true
            }
            guard entity.text("type")?.uppercased() == "VIEWSPACE" else { return }
            guard let space = entity.reference("space") ?? entity.text("spaceId") else { return }
            spaceGrants[space, default: []].append(Self.subject(entity, groups: ["group", "groupName"]))
        case "ContentPermissionSet":
            sets[entity.id] = RestrictionSet(
                type: entity.text("type"), memberIDs: entity.collections["contentPermissions"] ?? [])
            if let owner = entity.reference("owningContent", "content") {
                setsOfContent[owner, default: []].insert(entity.id)
            }
        case "ContentPermission":
            let subject = Self.subject(entity, groups: ["groupName", "group"])
            grants[entity.id] = Grant(subject: subject, type: entity.text("type") ?? "")
            if let set = entity.reference("owningSet") { grantsOfSet[set, default: []].insert(entity.id) }
        default:
            break
        }
    }

    private static func subject(_ entity: ExportEntity, groups: [String]) -> Subject {
        if let key = entity.reference("userSubject", "user") { return .userKey(key) }
        if let name = entity.text("userName", "username") { return .principal(.user(name.lowercased())) }
        if let key = entity.text("userSubject") { return .userKey(key) }
        for name in groups {
            if let group = entity.text(name) { return .principal(.group(group)) }
        }
        if entity.text("allUsersSubject") != nil || entity.reference("allUsersSubject") != nil {
            return .principal(.signedIn)
        }
        // A property that is not known may name a subject of a kind that is not known either.
        let said = Set(entity.texts.keys).union(entity.references.keys)
        return said.isSubset(of: administrative) ? .none : .unknown
    }

    /// What a permission says besides who has it.
    private static let administrative: Set<String> = [
        "type", "space", "spaceId", "creator", "creatorName", "creationDate", "lastModifier",
        "lastModifierName", "lastModificationDate", "owningSet", "hibernateVersion", "version",
    ]

    /// Who may view the space, or `nil` if the export does not say.
    ///
    /// A grant to those who are not signed in counts for them only where the site is known to be open to them, as a
    /// space's grant alone opens nothing in Confluence. Else it counts for all who are signed in. The same rule
    /// holds for a live site, which is asked.
    func viewers(ofSpace id: String, people: ExportPeople) -> Set<Principal>? {
        guard let subjects = spaceGrants[id], !subjects.isEmpty else { return nil }
        return Set(
            subjects.compactMap { subject in
                switch subject {
                case .userKey(let key): people.principal(ofKey: key)
                case .principal(let principal): principal
                case .unknown: nil
                // Neither a user nor a group nor all users: those who are not signed in.
                case .none: isSiteOpen ? .anyone : .signedIn
                }
            })
    }

    /// The view restrictions of one page itself; none when it has no restriction of its own.
    ///
    /// A set without members inherits. A set whose members are listed but cannot be read is an empty
    /// clause, which nobody satisfies.
    func clauses(of content: ExportContent, people: ExportPeople) -> [Set<Principal>] {
        let owned = setsOfContent[content.id] ?? []
        return owned.union(content.permissionSetIDs).sorted().compactMap { id in
            guard let set = sets[id] else {
                // Listed by the page, absent from the export. Its type is unknown, so it may restrict views.
                let loose = grantsOfSet[id] ?? []
                return loose.isEmpty ? [] : clause(of: loose, type: nil, people: people)
            }
            return clause(of: Set(set.memberIDs).union(grantsOfSet[id] ?? []), type: set.type, people: people)
        }
    }

    /// Whether a restriction of one page itself cannot be told whole: the set or one of its members is absent, or a
    /// member is named in a way that cannot be read.
    func isUnreadable(_ content: ExportContent) -> Bool {
        let owned = setsOfContent[content.id] ?? []
        return owned.union(content.permissionSetIDs).contains { id in
            let set = sets[id]
            let members = Set(set?.memberIDs ?? []).union(grantsOfSet[id] ?? [])
            let known = members.compactMap { grants[$0] }
            let types = [set?.type].compactMap(\.self) + (set == nil ? known.map(\.type) : [])
            if !types.isEmpty, !types.contains(where: { $0.lowercased() == "view" || $0.isEmpty }) {
                return false
            }
            return set == nil || known.count < members.count || known.contains { !$0.subject.isKnown }
        }
    }

    private func clause(of members: Set<String>, type: String?, people: ExportPeople) -> Set<Principal>? {
        guard !members.isEmpty else { return nil }
        let known = members.compactMap { grants[$0] }
        let types = Set(([type ?? ""] + (type == nil ? known.map(\.type) : [])).map { $0.lowercased() })
        guard types.contains("view") || !types.contains(where: { !$0.isEmpty }) else { return nil }
        return Set(
            known.compactMap { grant in
                switch grant.subject {
                case .userKey(let key): people.principal(ofKey: key)
                case .principal(let principal): principal
                case .none, .unknown: nil
                }
            })
    }
}
