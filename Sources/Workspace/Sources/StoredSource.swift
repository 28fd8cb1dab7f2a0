import Foundation

/// A source as it is kept.
public struct StoredSource: Sendable, Hashable {
    /// Whether it is read.
    public enum State: String, Sendable, CaseIterable {
        /// It was never enabled.
        case draft
        case enabled, disabled
        /// What is stored of it is being taken out; then it goes, too.
        case removing
    }

    /// A UUID in lower case.
    public let id: String
    public var definition: SourceDefinition
    /// Sealed by ``VariableSeal`` for ``owner`` under ``id``; never shown.
    public var secret: Data
    public var state: State
    /// Grows with each change.
    public var revision: Int
    /// As the audit log names them.
    public var createdBy: String
    public var createdAt: Date
    public var updatedAt: Date

    /// Whom the secrets of sources are sealed for.
    public static let owner = Owner(tenant: "sources", name: "secret")
    /// That there may be.
    public static let limit = 64
    /// Of the name.
    public static let nameCharacters = 100
    /// Of the secret.
    public static let secretBytes = 8_192

    public init(
        id: String, definition: SourceDefinition, secret: Data, state: State = .draft, revision: Int = 1,
        createdBy: String, createdAt: Date, updatedAt: Date
    ) {
        self.id = id
        self.definition = definition
        self.secret = secret
        self.state = state
        self.revision = revision
        self.createdBy = createdBy
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// Keeps sources. Each change is told in the audit log by the same transaction.
public protocol SourceStore: Sendable {
    /// Keeps a new source.
    ///
    /// - Throws: ``WorkspaceError/nameTaken(kind:name:)``, ``WorkspaceError/tooMany(kind:limit:)``,
    ///   ``WorkspaceError/unsealed(variable:)`` for a secret that no ``VariableSeal`` has sealed.
    func add(_ source: StoredSource, told act: AuditAct) async throws(WorkspaceError)

    /// Oldest first.
    func sources() async throws(WorkspaceError) -> [StoredSource]

    /// - Throws: ``WorkspaceError/notFound(kind:id:)``.
    func source(_ id: String) async throws(WorkspaceError) -> StoredSource

    /// Puts a source in the place of the one of its id, as its next revision.
    ///
    /// - Parameters:
    ///   - revision: the one that the change began from.
    ///   - act: `nil` for what nobody did.
    /// - Throws: ``WorkspaceError/changedMeanwhile(kind:id:)`` when it has another revision by now, and as ``add(_:told:)``.
    func replace(
        _ source: StoredSource, from revision: Int, told act: AuditAct?
    ) async throws(WorkspaceError) -> StoredSource

    /// - Throws: ``WorkspaceError/notFound(kind:id:)``.
    func delete(source id: String, told act: AuditAct?) async throws(WorkspaceError)
}
