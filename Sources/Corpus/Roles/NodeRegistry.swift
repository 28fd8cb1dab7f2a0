/// Tells processes that share a database of each other.
///
/// An announcement ends by itself, so that a process which died is soon not there any more. Times are the database's.
public protocol NodeRegistry: Sendable {
    /// Announces a node, or that it is still there.
    ///
    /// - Parameter duration: how long it counts as there without another announcement.
    /// - Returns: the others that are there, in the order of their ids.
    func announce(
        _ node: NodeAnnouncement, for duration: Duration
    ) async throws(CorpusError) -> [NodeAnnouncement]

    /// The nodes that are there, in the order of their ids; none where the schema has no place for them yet.
    func nodes() async throws(CorpusError) -> [NodeAnnouncement]

    /// Takes a node's announcement back.
    func withdraw(_ id: String) async throws(CorpusError)
}

/// What a process tells others of itself.
public struct NodeAnnouncement: Sendable, Hashable {
    /// Of its data folder, which no two running processes share.
    public var id: String
    /// `serve`, `work`.
    public var role: String
    /// Of the product.
    public var version: String
    public var facts: AgreedFacts

    public init(id: String, role: String, version: String, facts: AgreedFacts) {
        self.id = id
        self.role = role
        self.version = version
        self.facts = facts
    }

    /// In what another node differs; `nil` for nothing.
    public func drift(of other: NodeAnnouncement) -> NodeDrift? {
        let names = facts.differences(from: other.facts)
        guard !names.isEmpty || other.version != version else { return nil }
        return NodeDrift(
            node: other.id, role: other.role, version: other.version,
            isOtherVersion: other.version != version, names: names)
    }
}

/// In what another node differs from this one.
public struct NodeDrift: Sendable, Hashable {
    public var node: String
    public var role: String
    /// The other one's.
    public var version: String
    public var isOtherVersion: Bool
    /// What it has other values for, in order, by group.
    public var names: [String: [String]]

    public init(
        node: String, role: String, version: String, isOtherVersion: Bool, names: [String: [String]]
    ) {
        self.node = node
        self.role = role
        self.version = version
        self.isOtherVersion = isOtherVersion
        self.names = names
    }

    /// All names, in order.
    public var allNames: [String] { names.values.joined().sorted() }
}
