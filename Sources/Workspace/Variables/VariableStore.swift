import Foundation

/// A named value that flows refer to.
public struct StoredVariable: Sendable, Hashable {
    /// A UUID in lower case.
    public var id: String
    public var owner: Owner
    /// Unique within an owner.
    public var name: String
    /// Whether its value is never shown again: it is sealed before it comes here.
    public var isSecret: Bool
    /// The value; sealed for a secret.
    public var value: Data
    /// Parameters that take it by themselves, as their names.
    public var defaultFields: [String]
    public var updatedAt: Date

    public init(
        id: String, owner: Owner, name: String, isSecret: Bool, value: Data, defaultFields: [String] = [],
        updatedAt: Date
    ) {
        self.id = id
        self.owner = owner
        self.name = name
        self.isSecret = isSecret
        self.value = value
        self.defaultFields = defaultFields
        self.updatedAt = updatedAt
    }
}

/// Keeps variables.
public protocol VariableStore: Sendable {
    /// Adds one, or replaces the owner's one of its id.
    ///
    /// - Throws: ``WorkspaceError/nameTaken(kind:name:)``; ``WorkspaceError/unsealed(variable:)`` for a secret that
    ///   no ``VariableSeal`` has sealed.
    func save(_ variable: StoredVariable) async throws(WorkspaceError) -> StoredVariable
    /// By name.
    func variables(for owner: Owner) async throws(WorkspaceError) -> [StoredVariable]
    func variable(named name: String, for owner: Owner) async throws(WorkspaceError) -> StoredVariable
    func delete(variable id: String, for owner: Owner) async throws(WorkspaceError)
}

/// Every role of a workspace, for whoever composes them.
public typealias WorkspaceStore = FlowLibrary & ConversationStore & RunStore & FileStore & VariableStore
    & RunOutbox & WebhookStore & ReplyStore

/// Every store of a workspace, for whoever composes them.
public typealias WorkspaceDatabase =
    APIKeyStore & AuditLog & EvaluationStore & FeedbackStore & SealedValueStore & SessionStore & SourceStore
    & UsageStore & WorkspaceStore
