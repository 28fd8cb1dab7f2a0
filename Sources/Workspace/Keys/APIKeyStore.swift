import Foundation

/// Keeps API keys. Each change is told in the audit log by the same transaction.
public protocol APIKeyStore: Sendable {
    /// Keeps a new key.
    ///
    /// - Parameter replaced: a key that ends at a time of its own from now on, because this one takes its place.
    /// - Throws: ``WorkspaceError/notFound(kind:id:)`` when the replaced one is not there or not in force, and
    ///   ``WorkspaceError/tooMany(kind:limit:)``.
    func add(
        _ key: APIKey, replacing replaced: (id: String, until: Date)?, told act: AuditAct
    ) async throws(WorkspaceError)

    /// The key whose secret has this digest, whatever its state; `nil` for none.
    func key(digest: Data) async throws(WorkspaceError) -> APIKey?

    /// A tenant's keys, newest first.
    func keys(of tenant: String) async throws(WorkspaceError) -> [APIKey]

    /// Ends a key at once; one that is revoked already stays as it is.
    ///
    /// - Throws: ``WorkspaceError/notFound(kind:id:)``.
    func revoke(
        key id: String, of tenant: String, at time: Date, told act: AuditAct
    ) async throws(WorkspaceError) -> APIKey

    /// Notes that a key was used. May be lost with the machine.
    func noteUse(ofKey id: String, at time: Date) async throws(WorkspaceError)

    /// How many keys are in force.
    func activeKeyCount(at time: Date) async throws(WorkspaceError) -> Int
}
