/// What there is to search, counted for this caller.
public struct ServerStatus: Sendable, Hashable, Decodable {
    /// A space that the caller may read something of.
    public struct Space: Sendable, Hashable, Decodable {
        /// What filters take.
        public var key: String
        /// What people call it.
        public var name: String
        /// Documents in it.
        public var documents: Int
    }

    /// The server's version.
    public var version: String
    /// Pages, posts, comments and attachments.
    public var documents: Int
    /// Passages.
    public var chunks: Int
    /// Spaces with their documents.
    public var spaces: [Space]
    /// When the last ingest ended, RFC 3339; `nil` before the first one.
    public var syncedAt: String?
    /// The model that embeds.
    public var model: String
    /// What writes answers.
    public var generator: String
    /// Questions to begin with, which have good answers; there may be none.
    public var examples: [String]

    private enum CodingKeys: String, CodingKey {
        case version, documents, chunks, spaces, model, generator, examples
        case syncedAt = "synced_at"
    }
}

/// Who the caller is to the server, and what they may do.
public struct Caller: Sendable, Hashable, Decodable {
    /// Whose flows, runs and conversations these are.
    public var owner: String
    /// What decides what may be read, such as `user:lena.fischer` and `group:engineering`.
    public var principals: [String]
    /// What may be done, such as `ask`, `search` and `flows`.
    public var scopes: [String]
    /// Whether nothing proves who it is.
    public var isAnonymous: Bool

    private enum CodingKeys: String, CodingKey {
        case owner, principals, scopes
        case isAnonymous = "anonymous"
    }
}

extension MillraceClient {
    /// What there is to search.
    public func status() async throws -> ServerStatus {
        try await connection.value(ServerStatus.self, of: Call(.get, "v1", "status"))
    }

    /// Who this client is to the server.
    public func caller() async throws -> Caller {
        try await connection.value(Caller.self, of: Call(.get, "v1", "me"))
    }
}
