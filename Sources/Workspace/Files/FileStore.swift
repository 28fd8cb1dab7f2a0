import Foundation

/// A file that somebody uploaded or a flow wrote.
public struct StoredFile: Sendable, Hashable {
    /// A UUID in lower case; where the bytes lie follows from it alone, never from the name.
    public var id: String
    public var owner: Owner
    /// The flow that it belongs to; `nil` for the owner's own.
    public var flow: String?
    /// What people call it; unique within owner and flow.
    public var name: String
    /// As its sender says, such as `text/plain`.
    public var mediaType: String
    public var byteCount: Int
    /// SHA-256 in hexadecimal.
    public var digest: String
    public var createdAt: Date

    public init(
        id: String, owner: Owner, flow: String?, name: String, mediaType: String, byteCount: Int,
        digest: String, createdAt: Date
    ) {
        self.id = id
        self.owner = owner
        self.flow = flow
        self.name = name
        self.mediaType = mediaType
        self.byteCount = byteCount
        self.digest = digest
        self.createdAt = createdAt
    }
}

/// Knows files; their bytes lie in a `BlobStore`.
public protocol FileStore: Sendable {
    /// Remembers a file whose bytes are stored. One of the same name, owner and flow is replaced.
    ///
    /// - Returns: the file that it replaced, whose bytes nobody needs any more; `nil` when it has the same id, and so
    ///   the same bytes.
    /// - Throws: ``WorkspaceError/nameTaken(kind:name:)`` for an id that is another file's.
    func add(_ file: StoredFile) async throws(WorkspaceError) -> StoredFile?
    /// By name, then id.
    ///
    /// - Parameter flow: whose files; `nil` for those that are the owner's own.
    func files(
        for owner: Owner, flow: String?, after: StoredFile?, limit: Int
    ) async throws(WorkspaceError) -> [StoredFile]
    /// By id.
    func file(_ id: String, for owner: Owner) async throws(WorkspaceError) -> StoredFile
    func file(named name: String, flow: String?, for owner: Owner) async throws(WorkspaceError) -> StoredFile
    /// - Returns: the file that is gone.
    func delete(file id: String, for owner: Owner) async throws(WorkspaceError) -> StoredFile
}
