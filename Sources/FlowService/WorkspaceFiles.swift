import Components
import Corpus
import Crypto
import Foundation
import Workspace

/// The files of one owner and flow, their bytes in a blob store under keys that follow from ids alone.
public struct WorkspaceFiles: FlowFiles {
    let store: any FileStore
    let blobs: any BlobStore
    let owner: Owner
    let flow: String?
    let link: BlobLink?
    let now: @Sendable () -> Date

    /// Gives an address under which whoever has it reads a blob for a while, without any other right.
    public typealias BlobLink = @Sendable (_ key: String) async throws -> String

    /// - Parameter link: `nil` where files are handed out by the program alone.
    public init(
        store: any FileStore, blobs: any BlobStore, owner: Owner, flow: String?, link: BlobLink? = nil,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.store = store
        self.blobs = blobs
        self.owner = owner
        self.flow = flow
        self.link = link
        self.now = now
    }

    public func files(limit: Int) async throws -> [FlowFile] {
        try await store.files(for: owner, flow: flow, after: nil, limit: limit).map {
            FlowFile(name: $0.name, mediaType: $0.mediaType, byteCount: $0.byteCount)
        }
    }

    public func read(_ name: String, byteLimit: Int) async throws -> Data {
        let file: StoredFile
        do {
            file = try await store.file(named: name, flow: flow, for: owner)
        } catch WorkspaceError.notFound {
            throw FlowFileError.absent(name: name)
        }
        guard file.byteCount <= byteLimit else {
            throw FlowFileError.tooLarge(name: name, bytes: file.byteCount, limit: byteLimit)
        }
        guard let bytes = try await blobs.blob(at: Self.key(file.id)) else {
            throw FlowFileError.absent(name: name)
        }
        return bytes
    }

    /// An address under which whoever has it reads a file for a while; `nil` where none is given out.
    ///
    /// - Throws: ``FlowFileError/absent(name:)``, and what the store throws.
    public func link(to name: String) async throws -> String? {
        guard let link else { return nil }
        do {
            return try await link(Self.key(store.file(named: name, flow: flow, for: owner).id))
        } catch WorkspaceError.notFound {
            throw FlowFileError.absent(name: name)
        }
    }

    /// The bytes are stored before the name is: a file that is known has its bytes, and what is left behind by a
    /// crash in between is a blob that nobody names.
    public func write(_ bytes: Data, as name: String, mediaType: String) async throws {
        let id = UUID().uuidString.lowercased()
        try await blobs.put(bytes, at: Self.key(id))
        let digest = SHA256.hash(data: bytes).map { String(format: "%02x", $0) }.joined()
        let replaced = try await store.add(
            StoredFile(
                id: id, owner: owner, flow: flow, name: name, mediaType: mediaType, byteCount: bytes.count,
                digest: digest, createdAt: now()))
        if let replaced { try await blobs.remove(Self.key(replaced.id)) }
    }

    /// Removes a file and its bytes.
    public func remove(_ name: String) async throws {
        let file = try await store.file(named: name, flow: flow, for: owner)
        _ = try await store.delete(file: file.id, for: owner)
        try await blobs.remove(Self.key(file.id))
    }

    private static func key(_ id: String) -> String { "files/\(id.prefix(2))/\(id)" }
}
