import Foundation

/// A document that could not be read or stored, and why. What was stored of it before stays.
public struct IngestFailure: Hashable, Sendable, Codable {
    /// The document's id, or `space:KEY` for a space whose listing failed.
    public var id: String
    public var title: String
    public var reason: String
    public var failedAt: Date

    public init(id: String, title: String, reason: String, failedAt: Date) {
        self.id = id
        self.title = title
        self.reason = reason
        self.failedAt = failedAt
    }
}
