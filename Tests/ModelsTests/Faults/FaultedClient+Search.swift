import AWSServices
import Foundation
import JSONValue
import TestSupport
import Transport

extension FaultedClient {
    private static let kendraIndex = "0a1b2c3d-0000-4000-8000-000000000001"
    private static let query = KendraQuery(indexID: kendraIndex, text: "How long?", userContext: nil)

    static let search = [
        FaultedClient("Kendra, retrieve", .double) { account in
            _ = try await Kendra(account).retrieve(query)
        },
        FaultedClient("Kendra, query", .double) { account in
            _ = try await Kendra(account).query(query)
        },
        FaultedClient("Kendra, index", .double) { account in
            _ = try await Kendra(account).index(kendraIndex)
        },
    ]

    /// A call of an index with a document, which an alias stands for.
    private static func openSearch(
        _ name: String, _ call: @escaping @Sendable (OpenSearch) async throws -> Void
    ) -> FaultedClient {
        FaultedClient("OpenSearch, \(name)", .double) { account, endpoint in
            let direct = try OpenSearch(account, endpoint: endpoint)
            try await direct.create("pages", OpenSearchIndex([:]))
            try await direct.moveAlias("all", from: nil, to: "pages")
            try await direct.put("pages", "a", ["n": 1], refresh: .atOnce)
            return { account, endpoint in
                try await call(try OpenSearch(account, endpoint: endpoint, clock: ManualClock()))
            }
        }
    }

    static let openSearch = [
        openSearch("search") { _ = try await $0.search("pages", OpenSearchSearch()) },
        openSearch("count") { _ = try await $0.count("pages") },
        openSearch("bulk") { client in
            let items = [OpenSearchItem("b", .put(["n": 2])), OpenSearchItem("c", .delete)]
            _ = try await client.bulk("pages", items, options: OpenSearchBulkOptions(retries: 0))
        },
        openSearch("put") { try await $0.put("pages", "d", ["n": 3]) },
        openSearch("document") { _ = try await $0.document("pages", "a") },
        openSearch("stored") { _ = try await $0.stored("pages", among: ["a", "b"]) },
        openSearch("refresh") { try await $0.refresh("pages") },
        openSearch("mapping") { _ = try await $0.mappings("pages") },
        openSearch("alias") { _ = try await $0.indexes(ofAlias: "all") },
        openSearch("bytes") { _ = try await $0.storedBytes("pages") },
        openSearch("info") { _ = try await $0.info() },
        openSearch("plugins") { _ = try await $0.plugins() },
    ]
}
