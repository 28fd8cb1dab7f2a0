import Corpus
import Foundation

/// What a new API key is to be.
public struct KeyRequest: Sendable, Hashable {
    /// For people.
    public var name: String
    /// Whom its holder stands for; `anyone` is added by itself.
    public var principals: Set<Principal>
    public var scopes: Set<String>
    /// How long it is good for; `nil` for ever.
    public var lifetime: Duration?
    public var requestsPerMinute: Int?
    public var concurrentRuns: Int?

    public init(
        name: String, principals: Set<Principal>, scopes: Set<String>, lifetime: Duration? = nil,
        requestsPerMinute: Int? = nil, concurrentRuns: Int? = nil
    ) {
        self.name = name
        self.principals = principals
        self.scopes = scopes
        self.lifetime = lifetime
        self.requestsPerMinute = requestsPerMinute
        self.concurrentRuns = concurrentRuns
    }
}
