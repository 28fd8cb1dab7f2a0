import Foundation

/// A flow as the library keeps it: a name in front of a row of versions.
public struct StoredFlow: Sendable, Hashable {
    /// Never given twice: a UUID in lower case, or the id that an import brought.
    public var id: String
    public var owner: Owner
    public var name: String
    public var description: String
    /// The address under which it is run, beside its id; unique within a tenant.
    public var endpoint: String?
    /// The project that it lies in.
    public var project: String?
    public var tags: [String]
    /// Whether anybody of the tenant may run it, or its owner alone.
    public var isShared: Bool
    /// The newest version, which editing goes on from.
    public var latest: Int
    /// The version that callers run; `nil` and they run the newest one.
    public var published: Int?
    public var createdAt: Date
    public var updatedAt: Date

    public init(
        id: String, owner: Owner, name: String, description: String = "", endpoint: String? = nil,
        project: String? = nil, tags: [String] = [], isShared: Bool = false, latest: Int = 0,
        published: Int? = nil, createdAt: Date, updatedAt: Date
    ) {
        self.id = id
        self.owner = owner
        self.name = name
        self.description = description
        self.endpoint = endpoint
        self.project = project
        self.tags = tags
        self.isShared = isShared
        self.latest = latest
        self.published = published
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// One version of a flow; never changed once it is saved.
public struct FlowVersion: Sendable, Hashable {
    /// The flow's id.
    public var flow: String
    /// From 1 on.
    public var number: Int
    /// The flow in Millrace's form, as JSON.
    public var definition: Data
    /// What it was imported from, as JSON; `nil` for a flow that was written here.
    public var origin: Data?
    /// What the author says of the change.
    public var note: String
    /// The owner's name who saved it.
    public var author: String
    public var savedAt: Date

    public init(
        flow: String, number: Int, definition: Data, origin: Data?, note: String, author: String,
        savedAt: Date
    ) {
        self.flow = flow
        self.number = number
        self.definition = definition
        self.origin = origin
        self.note = note
        self.author = author
        self.savedAt = savedAt
    }
}

/// A folder of flows.
public struct Project: Sendable, Hashable {
    public var id: String
    public var owner: Owner
    public var name: String
    public var description: String

    public init(id: String, owner: Owner, name: String, description: String = "") {
        self.id = id
        self.owner = owner
        self.name = name
        self.description = description
    }
}
