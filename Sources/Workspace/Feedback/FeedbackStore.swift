/// Keeps what people think of answers.
public protocol FeedbackStore: Sendable {
    /// - Throws: ``WorkspaceError/tooMany(kind:limit:)`` beyond ``WorkspaceLimits/feedback`` of an owner.
    func add(_ feedback: StoredFeedback) async throws(WorkspaceError)

    /// An owner's, newest first.
    ///
    /// - Parameter id: the last one of the page before; `nil` for the first page.
    func feedback(
        for owner: Owner, rating: StoredFeedback.Rating?, before id: String?, limit: Int
    ) async throws(WorkspaceError) -> [StoredFeedback]

    /// That of everybody in a tenant, newest first.
    ///
    /// - Parameter id: the last one of the page before; `nil` for the first page.
    func feedback(
        inTenant tenant: String, rating: StoredFeedback.Rating?, before id: String?, limit: Int
    ) async throws(WorkspaceError) -> [StoredFeedback]

    /// Removes one of an owner's.
    ///
    /// - Throws: ``WorkspaceError/notFound(kind:id:)``.
    func delete(feedback id: String, for owner: Owner) async throws(WorkspaceError)

    /// Removes one of anybody's in a tenant.
    ///
    /// - Throws: ``WorkspaceError/notFound(kind:id:)``.
    func delete(feedback id: String, inTenant tenant: String) async throws(WorkspaceError)
}

extension WorkspaceLimits {
    /// Ratings that an owner may keep.
    public static let feedback = 10_000
}
