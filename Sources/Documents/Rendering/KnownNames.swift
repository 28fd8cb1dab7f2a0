/// Asks the site first, then takes what a body itself says of the people it mentions.
public struct KnownNames: ReferenceResolver {
    package var first: any ReferenceResolver
    package var names: [UserReference: String]

    /// - Parameter names: those that a body gives, such as ``ParsedPage/names``.
    public init(first: any ReferenceResolver = NoReferences(), names: [UserReference: String]) {
        self.first = first
        self.names = names
    }

    public func displayName(of user: UserReference) -> String? {
        first.displayName(of: user) ?? names[user]
    }

    /// The names of those whom `blocks` mention, as far as they are known.
    package func all(of blocks: [Block]) -> [UserReference: String] {
        var known: [UserReference: String] = [:]
        for person in blocks.mentions { known[person] = displayName(of: person) }
        return known
    }
}
