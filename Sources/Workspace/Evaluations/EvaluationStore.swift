import Foundation

/// Keeps sets of questions, and what became of asking them. Both are a tenant's.
public protocol EvaluationStore: Sendable {
    /// - Throws: ``WorkspaceError/tooMany(kind:limit:)`` beyond ``WorkspaceLimits/evaluationSets`` of a tenant, and
    ///   ``WorkspaceError/tooLarge(kind:bytes:limit:)``.
    func add(_ set: StoredEvaluationSet) async throws(WorkspaceError)

    /// A tenant's sets, newest first. Their lines may be left out: ``evaluationSet(_:inTenant:)`` has them.
    func evaluationSets(inTenant tenant: String) async throws(WorkspaceError) -> [StoredEvaluationSet]

    /// - Throws: ``WorkspaceError/notFound(kind:id:)``.
    func evaluationSet(_ id: String, inTenant tenant: String) async throws(WorkspaceError)
        -> StoredEvaluationSet

    /// Removes a set; runs of it stay.
    ///
    /// - Throws: ``WorkspaceError/notFound(kind:id:)``.
    func delete(evaluationSet id: String, inTenant tenant: String) async throws(WorkspaceError)

    /// Puts runs into the queue, all of them or none.
    ///
    /// - Throws: ``WorkspaceError/tooMany(kind:limit:)`` beyond ``WorkspaceLimits/evaluationRuns`` of a tenant.
    func add(_ runs: [StoredEvaluationRun]) async throws(WorkspaceError)

    /// A tenant's runs, newest first.
    ///
    /// - Parameters:
    ///   - set: only of this set; `nil` for all.
    ///   - id: the last one of the page before; `nil` for the first page.
    func evaluationRuns(
        inTenant tenant: String, set: String?, before id: String?, limit: Int
    ) async throws(WorkspaceError) -> [StoredEvaluationRun]

    /// - Throws: ``WorkspaceError/notFound(kind:id:)``.
    func evaluationRun(_ id: String, inTenant tenant: String) async throws(WorkspaceError)
        -> StoredEvaluationRun

    /// Those that have not ended, of every tenant, oldest first.
    func unfinishedEvaluationRuns(limit: Int) async throws(WorkspaceError) -> [StoredEvaluationRun]

    /// Keeps how a run stands: its state, counts, times, failure and summary.
    ///
    /// - Parameter report: JSON of what came of it; `nil` leaves what is there.
    /// - Returns: whether it was changed; not one that has ended meanwhile, or is gone.
    @discardableResult
    func update(_ run: StoredEvaluationRun, report: Data?) async throws(WorkspaceError) -> Bool

    /// What came of a run; `nil` while nothing has.
    func evaluationReport(ofRun id: String, inTenant tenant: String) async throws(WorkspaceError) -> Data?

    /// - Throws: ``WorkspaceError/notFound(kind:id:)``.
    func delete(evaluationRun id: String, inTenant tenant: String) async throws(WorkspaceError)
}

extension WorkspaceLimits {
    /// Sets of questions that a tenant may keep.
    public static let evaluationSets = 500
    /// Runs that a tenant may keep.
    public static let evaluationRuns = 5_000
}
