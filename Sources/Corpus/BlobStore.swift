import Foundation

/// Keeps bytes under keys, for what can be fetched again. Keys are relative paths of plain components.
public protocol BlobStore: Sendable {
    /// - Returns: `nil` when there is nothing under the key.
    func blob(at key: String) async throws -> Data?
    /// Stores all of `data` or nothing, in place of what was there.
    func put(_ data: Data, at key: String) async throws
    /// Removing what is not there is no error.
    func remove(_ key: String) async throws
    /// Every key with the size and age of what is under it, in no order.
    func list(under prefix: String) async throws -> [BlobEntry]
}

/// What a store says of one blob.
public struct BlobEntry: Hashable, Sendable {
    public var key: String
    public var byteCount: Int
    public var storedAt: Date

    public init(key: String, byteCount: Int, storedAt: Date) {
        self.key = key
        self.byteCount = byteCount
        self.storedAt = storedAt
    }
}

extension BlobStore {
    /// Removes the oldest blobs until what is left fits.
    ///
    /// - Returns: how many went.
    @discardableResult
    public func prune(under prefix: String, toBytes limit: Int) async throws -> Int {
        let entries = try await list(under: prefix).sorted { ($0.storedAt, $0.key) < ($1.storedAt, $1.key) }
        var total = entries.reduce(0) { $0 + $1.byteCount }
        var count = 0
        for entry in entries where total > limit {
            try await remove(entry.key)
            total -= entry.byteCount
            count += 1
        }
        return count
    }
}
