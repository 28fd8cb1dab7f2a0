import Foundation

/// A file's upload that can be gone on with, also by another process: it can be stored as JSON.
///
/// The server keeps what has come for a day after the last of it came.
public struct UnfinishedUpload: Sendable, Hashable, Codable, Identifiable {
    /// The server's name for it.
    public var id: String
    /// Bytes of the whole file.
    public var byteCount: Int

    /// An upload that was begun before.
    public init(id: String, byteCount: Int) {
        self.id = id
        self.byteCount = byteCount
    }
}

/// How far an upload is.
public struct UploadProgress: Sendable, Hashable {
    /// With which it can be gone on with, should it fail.
    public var upload: UnfinishedUpload
    /// Bytes that the server has, and keeps through a power cut.
    public var sentByteCount: Int
}

/// The ingest of a file that the server has, as it was accepted.
public struct AcceptedIngest: Sendable, Hashable, Decodable, Identifiable {
    /// The id of the ingest job.
    public var id: String
    /// The state that it had then, mostly `queued`.
    public var state: String
}
