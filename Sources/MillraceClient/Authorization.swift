/// What proves to the server who asks.
public enum Authorization: Sendable {
    /// Nothing: the server's own default reader asks.
    case none
    /// An API key of the server's, sent as `X-API-Key`.
    case apiKey(String)
    /// A token of the sign-in service, sent as `Authorization: Bearer` (RFC 6750).
    ///
    /// The provider is asked when a token is first needed. When the server answers 401 to it, the provider is asked
    /// once more and the request sent again with what it gives; a second 401 is thrown. Requests that need a token
    /// at the same time share one call of it.
    case bearer(provider: @Sendable () async throws -> String)
}
