import Corpus
import Crypto
import Foundation

/// Who something belongs to: conversations, runs, files and variables are found by their owner alone, so that an
/// id or a session's name means nothing in another's hands.
public struct Owner: Hashable, Sendable, Codable, CustomStringConvertible {
    /// Data of different tenants never meet.
    public var tenant: String
    /// The user, or a digest of the rights of a caller who is none.
    public var name: String

    /// Of whoever belongs to no other.
    public static let defaultTenant = "default"

    public init(tenant: String = defaultTenant, name: String) {
        self.tenant = tenant
        self.name = name
    }

    /// The user that a reader is; a reader of several users or of groups alone is who has exactly these.
    public init(_ reader: Reader, tenant: String = defaultTenant) {
        let users = reader.principals.filter { if case .user = $0 { true } else { false } }
        if users.count == 1, let user = users.first {
            self.init(tenant: tenant, name: user.description)
        } else {
            let all = reader.principals.sorted().map(\.description).joined(separator: "\n")
            let digest = SHA256.hash(data: Data(all.utf8)).prefix(16)
            self.init(tenant: tenant, name: "rights:" + digest.map { String(format: "%02x", $0) }.joined())
        }
    }

    public var description: String { "\(tenant)/\(name)" }
}
