import Corpus
import Foundation

/// How Confluence's users and groups become principals.
///
/// Cloud names a user by account id, Data Center by user name (as an export does) or, failing that, by user
/// key. A group on Cloud has a name and an id that outlives renaming; a clause may hold both, for either
/// stands for the same people.
enum ConfluencePrincipals {
    /// The principals of one user or group that a permission names; empty if it cannot be told who it is.
    static func principals(of subject: WireV1.Subject) -> Set<Principal> {
        if subject.type?.lowercased() == "anonymous" { return [.anyone] }
        if let accountID = subject.accountId, !accountID.isEmpty { return [.user(accountID)] }
        if let name = subject.username, !name.isEmpty { return [.user(name.lowercased())] }
        if let key = subject.userKey, !key.isEmpty { return [.user(key)] }
        guard subject.type == nil || subject.type?.lowercased() == "group" else { return [] }
        return Set(
            [subject.name, subject.id?.text].compactMap(\.self).filter { !$0.isEmpty }.map(Principal.group))
    }

    /// Whether a group is named by its Cloud id, a UUID, rather than by its name.
    static func isGroupID(_ group: String) -> Bool {
        UUID(uuidString: group) != nil
    }

    /// The restriction that lists of users and groups mean: both empty inherits.
    ///
    /// Members that cannot be told stay out, which closes; they do not make the restriction vanish.
    static func restriction(of subjects: [WireV1.Subject]) -> RemoteRestriction {
        guard !subjects.isEmpty else { return .inherits }
        return .only(subjects.reduce(into: []) { $0.formUnion(principals(of: $1)) })
    }

    /// Who may view a space by v1's permissions, in either of their shapes.
    static func viewers(_ permissions: [WireV1.Permission]) -> Set<Principal> {
        var viewers: Set<Principal> = []
        for permission in permissions {
            let operation = permission.operation
            let key = operation?.operationKey ?? operation?.key ?? operation?.operation
            let target = operation?.targetType ?? operation?.target ?? "space"
            guard key?.lowercased() == "read", target.lowercased() == "space" else { continue }
            if permission.anonymousAccess == true { viewers.insert(.anyone) }
            let lists = [permission.subjects?.user, permission.subjects?.group]
            let subjects = lists.flatMap { $0?.results ?? [] } + [permission.subject].compactMap(\.self)
            for subject in subjects { viewers.formUnion(principals(of: subject)) }
        }
        return viewers
    }

    /// Who may view a space by JSON-RPC's permission sets. A grant to neither user nor group is to those
    /// who are not signed in.
    static func viewers(_ sets: [WireV1.PermissionSet]) -> Set<Principal> {
        var viewers: Set<Principal> = []
        for set in sets where set.type == "VIEWSPACE" {
            for grant in set.spacePermissions {
                if let user = grant.userName, !user.isEmpty {
                    viewers.insert(.user(user.lowercased()))
                } else if let group = grant.groupName, !group.isEmpty {
                    viewers.insert(.group(group))
                } else {
                    viewers.insert(.anyone)
                }
            }
        }
        return viewers
    }
}
