import Foundation

/// Keeps flows, their versions and projects.
///
/// Every reading is for somebody: a flow of another owner that is not shared does not exist for them, and only its
/// owner changes it. A refusal never tells whether it exists.
public protocol FlowLibrary: Sendable {
    /// Flows that `owner` may run, by name, then id: their own and the shared ones of their tenant. Of another's the
    /// project is not told.
    ///
    /// - Parameters:
    ///   - project: one of the owner's, whose flows are told alone.
    ///   - after: the last one of the page before.
    func flows(
        for owner: Owner, project: String?, after: StoredFlow?, limit: Int
    ) async throws(WorkspaceError) -> [StoredFlow]

    /// By id, else by endpoint. - Throws: ``WorkspaceError/notFound(kind:id:)``.
    func flow(_ idOrEndpoint: String, for owner: Owner) async throws(WorkspaceError) -> StoredFlow

    /// Saves a new flow with its first version. Its `latest` is 1, and it is published if `published` is 1.
    ///
    /// - Throws: ``WorkspaceError/nameTaken(kind:name:)`` for an id or an endpoint that is taken in the tenant.
    func create(
        _ flow: StoredFlow, definition: Data, origin: Data?, note: String
    ) async throws(WorkspaceError) -> StoredFlow

    /// Saves a version behind the newest one.
    ///
    /// - Parameter expected: the version that the change began from; `nil` to save it whatever came between.
    /// - Throws: ``WorkspaceError/versionConflict(flow:expected:actual:)``.
    func save(
        _ definition: Data, origin: Data?, note: String, asVersionOf id: String, for owner: Owner,
        expecting expected: Int?
    ) async throws(WorkspaceError) -> FlowVersion

    /// Changes what stands in front of the versions: name, description, endpoint, project, tags, sharing, and
    /// which version is published. `latest`, `owner` and times of `flow` are not taken.
    ///
    /// - Throws: ``WorkspaceError/notFound(kind:id:)`` for a project or a version that is not there as well.
    func update(_ flow: StoredFlow, for owner: Owner) async throws(WorkspaceError) -> StoredFlow

    /// Newest first.
    func versions(
        of id: String, for owner: Owner, before number: Int?, limit: Int
    ) async throws(WorkspaceError) -> [FlowVersion]

    func version(
        _ number: Int, of id: String, for owner: Owner
    ) async throws(WorkspaceError) -> FlowVersion

    /// Removes a flow, its versions and the conversations of everybody with it. Its runs that wait are cancelled, and
    /// of those that run the end is asked for; files stay with their owners.
    func delete(flow id: String, for owner: Owner) async throws(WorkspaceError)

    /// By name, then id.
    func projects(for owner: Owner) async throws(WorkspaceError) -> [Project]
    func project(_ id: String, for owner: Owner) async throws(WorkspaceError) -> Project
    /// Adds one, or replaces the owner's one of its id. `owner` of `project` is not taken.
    func save(_ project: Project, for owner: Owner) async throws(WorkspaceError) -> Project
    /// Flows in it stay, without a project.
    func delete(project id: String, for owner: Owner) async throws(WorkspaceError)
}
