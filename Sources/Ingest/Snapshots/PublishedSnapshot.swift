import Foundation

/// What `current` says: which snapshot is the newest.
public struct PublishedSnapshot: Codable, Hashable, Sendable {
    /// The name of its manifest beside `current`.
    var manifest: String
    /// Of the manifest.
    var sha256: String
    /// Of the database, as the manifest has them.
    public internal(set) var generation: Int64
    public internal(set) var sequence: Int64
    public internal(set) var level: Int64
    /// Seconds since 1970.
    var publishedAt: Int64

    public var time: Date { Date(timeIntervalSince1970: Double(publishedAt)) }
}
