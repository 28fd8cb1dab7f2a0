/// Somebody or some group that Confluence can name in a permission.
///
/// Written as `user:ID`, `group:NAME`, `anyone` (not signed in included) or `signed-in`.
public enum Principal: Hashable, Sendable {
    case user(String)
    case group(String)
    case anyone
    case signedIn
}

extension Principal {
    /// Whether whoever has this principal has one of `others` too.
    func stands(forOneOf others: [Principal]) -> Bool {
        switch self {
        case .anyone: others.contains(.anyone)
        // ``Reader`` counts who has a user or a group as signed in.
        case .signedIn, .user, .group:
            others.contains(self) || others.contains(.signedIn) || others.contains(.anyone)
        }
    }
}

extension Principal: LosslessStringConvertible {
    /// `nil` unless `description` has one of the four written forms.
    public init?(_ description: String) {
        if description == "anyone" {
            self = .anyone
        } else if description == "signed-in" {
            self = .signedIn
        } else if description.hasPrefix("user:"), description.utf8.count > 5 {
            self = .user(String(description.dropFirst(5)))
        } else if description.hasPrefix("group:"), description.utf8.count > 6 {
            self = .group(String(description.dropFirst(6)))
        } else {
            return nil
        }
    }

    public var description: String {
        switch self {
        case .user(let id): "user:\(id)"
        case .group(let name): "group:\(name)"
        case .anyone: "anyone"
        case .signedIn: "signed-in"
        }
    }
}

extension Principal: Comparable {
    public static func < (left: Principal, right: Principal) -> Bool {
        left.description < right.description
    }
}

extension Principal: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let principal = Principal(text) else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "“\(text)” is no principal: write user:ID, group:NAME, anyone or signed-in")
        }
        self = principal
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// Who asks: the principals a caller stands for.
public struct Reader: Hashable, Sendable {
    /// Holds `anyone` always, and `signed-in` as soon as there is a user or a group.
    public let principals: Set<Principal>

    public init(_ principals: some Sequence<Principal>) {
        var all = Set(principals)
        all.insert(.anyone)
        if all.contains(where: {
            if case .user = $0 { true } else if case .group = $0 { true } else { false }
        }) {
            all.insert(.signedIn)
        }
        self.principals = all
    }

    /// Somebody who is not signed in.
    public static let anonymous = Reader([])
}
