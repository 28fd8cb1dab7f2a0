import JSONValue

/// As whom an index is searched: documents with access control are found by those alone who may read them,
/// those without it by everybody.
///
/// A call without any user context finds every document.
public enum KendraUserContext: Sendable, Hashable {
    /// A group of one of the index's data sources.
    public struct DataSourceGroup: Sendable, Hashable {
        public var groupID: String
        public var dataSourceID: String

        public init(groupID: String, dataSourceID: String) {
            self.groupID = groupID
            self.dataSourceID = dataSourceID
        }
    }

    /// A JWT or a JSON token, 100,000 characters at most, for an index whose policy is `USER_TOKEN`. Gen AI
    /// Enterprise Edition takes none.
    case token(AWSSecretText)
    /// Names of 1 to 200 characters; 2,048 groups of either kind at most. One of the three is there at least.
    case principals(userID: String?, groups: [String] = [], dataSourceGroups: [DataSourceGroup] = [])

    /// Groups of a call.
    public static let groupCount = 2_048
    /// Characters of a name.
    public static let nameCount = 200
    /// Characters of a token.
    public static let tokenCount = 100_000
}

extension KendraUserContext {
    /// What errors must not show.
    var secrets: [String] {
        if case .token(let token) = self { [token.value] } else { [] }
    }

    /// Nothing is left out of it: a group may be one that a document is denied to.
    func json() throws(KendraFault) -> JSONValue {
        switch self {
        case .token(let token):
            guard (1...Self.tokenCount).contains(token.value.count) else {
                throw KendraFault(
                    reason: """
                        the user's token has \(token.value.count) characters, and Kendra takes 1 to \
                        \(Self.tokenCount)
                        """)
            }
            return ["Token": .string(token.value)]
        case .principals(let userID, let groups, let dataSourceGroups):
            guard userID != nil || !groups.isEmpty || !dataSourceGroups.isEmpty else {
                throw KendraFault(reason: "a user context names nobody, and would filter nothing")
            }
            guard max(groups.count, dataSourceGroups.count) <= Self.groupCount else {
                throw KendraFault(
                    reason: """
                        the user is in \(max(groups.count, dataSourceGroups.count)) groups, and Kendra takes \
                        \(Self.groupCount)
                        """)
            }
            let names = groups + dataSourceGroups.map(\.groupID) + (userID.map { [$0] } ?? [])
            for name in names where !(1...Self.nameCount).contains(name.unicodeScalars.count) {
                throw KendraFault(
                    reason: """
                        the name of a user or a group has \(name.unicodeScalars.count) characters, and \
                        Kendra takes 1 to \(Self.nameCount)
                        """)
            }
            var json: [String: JSONValue] = [:]
            if let userID { json["UserId"] = .string(userID) }
            if !groups.isEmpty { json["Groups"] = .array(groups.map { .string($0) }) }
            if !dataSourceGroups.isEmpty {
                json["DataSourceGroups"] = .array(
                    dataSourceGroups.map {
                        ["GroupId": .string($0.groupID), "DataSourceId": .string($0.dataSourceID)]
                    })
            }
            return .object(json)
        }
    }
}
