import Foundation

/// A ``BlobStore`` in which a blob can be replaced under the condition that nobody else replaced it meanwhile.
public protocol ConditionalBlobStore: BlobStore {
    /// A blob with a mark of its content or version.
    ///
    /// - Returns: `nil` when there is nothing under the key.
    func taggedBlob(at key: String) async throws -> TaggedBlob?

    /// Stores all of `data` or nothing, provided that what is there has this mark; `nil` for nothing being there.
    ///
    /// - Returns: `false`, with nothing changed, when it is not so. A write whose answer was lost and that was tried
    ///   again may find itself there and say so too: who must know reads the blob.
    func put(_ data: Data, at key: String, ifTag tag: String?) async throws -> Bool
}

/// A blob and the mark by which ``ConditionalBlobStore/put(_:at:ifTag:)`` knows it again.
public struct TaggedBlob: Hashable, Sendable {
    public var data: Data
    public var tag: String

    public init(data: Data, tag: String) {
        self.data = data
        self.tag = tag
    }
}
