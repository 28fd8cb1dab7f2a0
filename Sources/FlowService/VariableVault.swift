import Foundation
import Workspace

/// Seals the values of secret variables, and opens them for runs of their owner.
public protocol VariableVault: SecretVault {
    /// The value as the store may keep it.
    func seal(_ value: String, named name: String, for owner: Owner) async throws -> Data
}
