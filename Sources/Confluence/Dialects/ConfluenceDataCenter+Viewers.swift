import Corpus

extension ConfluenceDataCenter {
    /// Newer versions have a resource of their own, some show permissions when the space is expanded, old
    /// ones have JSON-RPC. The first that answers with anybody counts; the last failure is thrown.
    func viewers(of space: RemoteSpace) async throws -> Set<Principal> {
        let key = ConfluenceLinks.escaped(space.space.key)
        let attempts: [() async throws -> Set<Principal>] = [
            {
                let answer: PermissionsAnswer = try await api.get("/rest/api/space/\(key)/permissions")
                return ConfluencePrincipals.viewers(answer.permissions)
            },
            {
                let answer: WireV1.Space = try await api.get("/rest/api/space/\(key)?expand=permissions")
                return ConfluencePrincipals.viewers(answer.permissions ?? [])
            },
            {
                let sets: [WireV1.PermissionSet] = try await api.post(
                    "/rpc/json-rpc/confluenceservice-v2/getSpacePermissionSets", [space.space.key])
                return ConfluencePrincipals.viewers(sets)
            },
        ]
        var failure: ConfluenceError?
        for attempt in attempts {
            do {
                let viewers = try await attempt()
                if !viewers.isEmpty { return viewers }
            } catch let error as ConfluenceError {
                // A resource that does not exist may answer with a web page.
                if case .unauthorized = error { throw error }
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return []
    }

    func showsUnsigned(_ space: RemoteSpace) async throws -> Bool {
        try await api.isShownUnsigned("/rest/api/space/\(ConfluenceLinks.escaped(space.space.key))")
    }
}

/// Space permissions: an array, or an object that holds one.
private struct PermissionsAnswer: Decodable {
    var permissions: [WireV1.Permission]

    private enum CodingKeys: String, CodingKey { case results, permissions }

    init(from decoder: any Decoder) throws {
        if let list = try? decoder.singleValueContainer().decode([WireV1.Permission].self) {
            permissions = list
            return
        }
        let container = try decoder.container(keyedBy: CodingKeys.self)
        permissions =
            try container.decodeIfPresent([WireV1.Permission].self, forKey: .results)
            ?? container.decode([WireV1.Permission].self, forKey: .permissions)
    }
}
