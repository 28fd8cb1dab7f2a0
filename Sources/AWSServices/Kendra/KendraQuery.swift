import JSONValue

/// What is asked of an index.
public struct KendraQuery: Sendable, Hashable {
    /// 36 characters.
    public var indexID: String
    /// Kendra reads its first 30 words, punctuation and stop words not counted.
    public var text: String
    public var filter: KendraFilter?
    /// Attributes that results have, 1 to 100 keys; empty for all of them.
    public var requestedAttributes: [String]
    /// `nil` searches as nobody in particular: access control is not looked at.
    public var userContext: KendraUserContext?

    /// - Parameter userContext: has no default, so that nobody leaves it out unaware.
    public init(
        indexID: String, text: String, filter: KendraFilter? = nil, requestedAttributes: [String] = [],
        userContext: KendraUserContext?
    ) {
        self.indexID = indexID
        self.text = text
        self.filter = filter
        self.requestedAttributes = requestedAttributes
        self.userContext = userContext
    }
}

extension KendraQuery {
    /// Keys of ``requestedAttributes``.
    static let attributeCount = 100

    /// What errors must not show.
    var secrets: [String] { [text] + (userContext?.secrets ?? []) }

    func input() throws(KendraFault) -> [String: JSONValue?] {
        guard text.contains(where: { !$0.isWhitespace }) else {
            throw KendraFault(reason: "the query is empty or only white space")
        }
        guard requestedAttributes.count <= Self.attributeCount else {
            throw KendraFault(
                reason: """
                    \(requestedAttributes.count) attributes are asked for, and Kendra takes \
                    \(Self.attributeCount)
                    """)
        }
        return [
            "IndexId": .string(indexID), "QueryText": .string(text),
            "AttributeFilter": try filter?.json(),
            "RequestedDocumentAttributes": requestedAttributes.isEmpty
                ? nil : .array(requestedAttributes.map { .string($0) }),
            "UserContext": try userContext?.json(),
        ]
    }
}
