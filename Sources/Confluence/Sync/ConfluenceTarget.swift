/// Something of a site that is to be read anew by itself. Written as `content:ID`, `tree:ID`, `space:KEY`,
/// `group:NAME`, `groups:all` or `site:all`.
public enum ConfluenceTarget: Hashable, Sendable {
    /// A page, post, comment or attachment: it was made, edited, moved or removed.
    case content(String)
    /// A page with all below it: its restrictions changed.
    case tree(String)
    /// A whole space: its permissions changed, or something in it that cannot be told.
    case space(String)
    /// The members of a group.
    case group(String)
    /// The members of every group that a rule names.
    case allGroups
    /// Everything, as a sync does.
    case site
}

extension ConfluenceTarget: LosslessStringConvertible {
    /// `nil` unless `description` has one of the six written forms.
    public init?(_ description: String) {
        guard let colon = description.firstIndex(of: ":") else { return nil }
        let value = String(description[description.index(after: colon)...])
        guard !value.isEmpty else { return nil }
        switch description[..<colon] {
        case "content": self = .content(value)
        case "tree": self = .tree(value)
        case "space": self = .space(value)
        case "group": self = .group(value)
        case "groups" where value == "all": self = .allGroups
        case "site" where value == "all": self = .site
        default: return nil
        }
    }

    public var description: String {
        switch self {
        case .content(let id): "content:\(id)"
        case .tree(let id): "tree:\(id)"
        case .space(let key): "space:\(key)"
        case .group(let name): "group:\(name)"
        case .allGroups: "groups:all"
        case .site: "site:all"
        }
    }
}
