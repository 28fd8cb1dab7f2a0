import Corpus
import Transport
import Workspace

/// A proxy that signs people in and says in headers who they are: believed from its own addresses alone.
public struct TrustedProxy: Sendable {
    /// Where its requests come from.
    public var addresses: [AddressRange]
    /// The header with the user's id, such as `X-Forwarded-User`.
    public var userHeader: String
    /// The header with groups, separated by commas; `nil` for none.
    public var groupsHeader: String?

    public init(addresses: [AddressRange], userHeader: String, groupsHeader: String? = nil) {
        self.addresses = addresses
        self.userHeader = userHeader
        self.groupsHeader = groupsHeader
    }

    /// Who the proxy says that asks.
    ///
    /// - Parameters:
    ///   - peer: the other end of the connection.
    ///   - header: every value of a header.
    /// - Returns: `nil` when the request does not come from the proxy, or names nobody.
    public func caller(
        peer: String?, header: (_ name: String) -> [String]
    ) -> VerifiedCaller? {
        guard let peer, let address = IPAddress(peer)?.unmapped,
            addresses.contains(where: { $0.contains(address) })
        else { return nil }
        // Two of them: one is the client's own, and nobody knows which.
        let users = header(userHeader)
        guard users.count == 1, let user = users.first, !user.isEmpty else { return nil }
        var principals: Set<Principal> = [.user(user)]
        let groups = groupsHeader.map(header) ?? []
        guard groups.count <= 1 else { return nil }
        for value in groups {
            guard let names = try? PrincipalList.parts(value) else { return nil }
            for name in names { principals.insert(.group(name)) }
        }
        let reader = Reader(principals)
        return VerifiedCaller(
            proof: .proxy(address: peer), reader: reader, owner: Owner(reader), scopes: nil)
    }
}
