/// The token that the provider last gave, fetched once for all who need it at the same time.
actor TokenSource {
    private let provider: @Sendable () async throws -> String
    private var token: String?
    private var fetch: Task<String, any Error>?

    init(_ provider: @escaping @Sendable () async throws -> String) {
        self.provider = provider
    }

    /// A token to send.
    ///
    /// - Parameter refused: one that the server did not accept; another is fetched, unless somebody has done so.
    /// - Throws: whatever the provider throws.
    func current(otherThan refused: String? = nil) async throws -> String {
        if let token, token != refused { return token }
        if let fetch { return try await fetch.value }
        let fetch = Task { [provider] in try await provider() }
        self.fetch = fetch
        defer { self.fetch = nil }
        let token = try await fetch.value
        self.token = token
        return token
    }
}
