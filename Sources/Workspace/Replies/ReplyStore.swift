import Foundation

/// Keeps responses under the keys that clients chose for their requests, so that a request that is sent twice is
/// carried out once.
public protocol ReplyStore: Sendable {
    /// Claims a key for its first request, or says what became of that one.
    ///
    /// - Parameters:
    ///   - until: when a claim that nobody has settled counts no longer: its holder has ended without a word.
    ///   - time: what was kept until then, or earlier, counts as absent.
    func claim(_ key: ReplyKey, until: Date, at time: Date) async throws(WorkspaceError) -> ReplyClaim

    /// Has the claim of what is being carried out end later. One that has been lost or settled stays as it is, and none
    /// ends earlier for it.
    func renew(_ key: ReplyKey, claim: Int64, until: Date) async throws(WorkspaceError)

    /// Keeps the response of whoever holds the claim. One that has lost it changes nothing.
    ///
    /// - Parameter end: when it is forgotten.
    func settle(
        _ key: ReplyKey, claim: Int64, with reply: StoredReply, until end: Date
    ) async throws(WorkspaceError)

    /// Gives a claim back, as if nothing had been asked.
    func release(_ key: ReplyKey, claim: Int64) async throws(WorkspaceError)
}

extension WorkspaceLimits {
    /// Responses kept for an owner; the one that ends first makes room for another.
    public static let replies = 2_000
    /// Bytes of a response's body that is kept.
    public static let replyBytes = 256 * 1_024
}
