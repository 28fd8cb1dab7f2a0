import Foundation

/// What the stores take, alike for every engine: whatever is larger is refused before it is written.
public enum WorkspaceLimits {
    /// Rows of a page; a larger page is cut to this.
    public static let page = 10_000
    /// Of names, ids, sessions, endpoints, addresses and keys, in UTF-8.
    public static let nameBytes = 2_000
    /// Of descriptions, notes and titles, and of a flow's tags together.
    public static let textBytes = 64 * 1_024
    /// Of a message's text and details together.
    public static let messageBytes = 16 * 1_024 * 1_024
    /// Of one event of a run, as JSON.
    public static let eventBytes = 16 * 1_024 * 1_024
    /// Of a flow's definition or origin, of a run's request, result or failure.
    public static let documentBytes = 64 * 1_024 * 1_024
    /// Of a variable's value, as it is kept.
    public static let variableBytes = 1_024 * 1_024
    /// For each owner.
    public static let variables = 1_000
    /// For each owner.
    public static let projects = 1_000
    /// In force, for each tenant.
    public static let keys = 10_000

    /// A page's limit within what is taken.
    public static func rows(_ limit: Int) -> Int { min(max(limit, 0), page) }

    /// Refuses what is no name: nothing at all, too much, or with a NUL, at which a database may cut it off and so
    /// take two names for one.
    public static func check(_ name: String, as kind: String) throws(WorkspaceError) {
        let count = name.utf8.count
        guard count > 0 else { throw .invalidName(kind: kind, name: name, reason: "it is empty") }
        guard count <= nameBytes else {
            throw .invalidName(
                kind: kind, name: name, reason: "it has \(count) bytes, and at most \(nameBytes) are taken")
        }
        guard !name.utf8.contains(0) else {
            throw .invalidName(kind: kind, name: name, reason: "it has a NUL character")
        }
    }

    /// - Throws: ``WorkspaceError/tooLarge(kind:bytes:limit:)``.
    public static func check(_ byteCount: Int, of kind: String, limit: Int) throws(WorkspaceError) {
        guard byteCount <= limit else { throw .tooLarge(kind: kind, bytes: byteCount, limit: limit) }
    }
}

extension Owner {
    /// Refuses a name that two could be taken for.
    public func check() throws(WorkspaceError) {
        try WorkspaceLimits.check(tenant, as: "tenant")
        try WorkspaceLimits.check(name, as: "owner")
    }
}
