import Foundation
import JSONValue
import TestSupport
import Testing
import Transport

@testable import AWSServices

@Suite(.timeLimit(.minutes(1))) struct `What is there in OpenSearch` {
    @Test func `is told for many ids at once, found by searches or not yet`() async throws {
        let search = try await AWSDouble().openSearch()
        var index = OpenSearchIndex(["n": .integer])
        index.refreshInterval = "-1"
        try await search.create("pages", index)
        let items = (0..<5).map { OpenSearchItem("d\($0)", .put(["n": .integer($0)])) }
        try #require(try await search.bulk("pages", items).failures.isEmpty)
        #expect(try await search.stored("pages", among: ["d4", "x", "d0"]) == ["d4", "d0"])
        #expect(try await search.stored("pages", among: []) == [])
        #expect(try await search.count("pages") == 0)
        try await search.refresh("pages")
        #expect(try await search.count("pages") == 5)
        #expect(try await search.storedBytes("pages") >= 5 * 7)
        let error = await openSearchError { try await search.stored("none", among: ["a"]) }
        guard case .indexMissing(let details) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(details.index == "none")
    }

    @Test func `has versions that writers number, which only grow`() async throws {
        let search = try await AWSDouble().openSearch()
        try await search.put("pages", "a", ["n": 1], version: 70)
        #expect(try await search.document("pages", "a")?.version == 70)
        for version in [69, 70] {
            let error = await openSearchError {
                try await search.put("pages", "a", ["n": 2], version: version)
            }
            guard case .conflict = error else {
                Issue.record("\(version): \(String(describing: error))")
                return
            }
        }
        try await search.put("pages", "a", ["n": 3], version: 71)
        #expect(try await search.document("pages", "a")?.source == ["n": 3])
    }

    @Test func `says of itself what it was made for, with its alias from the first moment on`() async throws {
        let search = try await AWSDouble().openSearch()
        var index = OpenSearchIndex(["n": .integer])
        index.about = ["made": "for a test"]
        index.aliases = ["now"]
        try await search.create("pages-1", index)
        #expect(try await search.indexes(ofAlias: "now") == ["pages-1"])
        #expect(try await search.mappings("now")["pages-1"]?["_meta"] == ["made": "for a test"])
    }

    @Test func `is not made by a write that needs an alias`() async throws {
        let search = try await AWSDouble().openSearch()
        var options = OpenSearchBulkOptions()
        options.requiresAlias = true
        let items = [OpenSearchItem("a", .put([:])), OpenSearchItem("b", .delete)]
        let outcomes = try await search.bulk("pages", items, options: options)
        #expect(outcomes.failures.map(\.type) == Array(repeating: "index_not_found_exception", count: 2))
        let error = await openSearchError {
            try await search.put("pages", "a", [:], version: 1, requiresAlias: true)
        }
        guard case .indexMissing = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(try await search.exists("pages") == false)
    }

    @Test(arguments: ["blocked", "flood"])
    func `takes no writes while they are forbidden, which is not tried again`(fault: String) async throws {
        let double = try AWSDouble()
        let search = try await double.openSearch()
        try await double.fail(fault)
        let error = await openSearchError {
            try await search.bulk("pages", [OpenSearchItem("a", .put([:]))])
        }
        #expect(error?.isBlocked == true, "\(String(describing: error))")
        #expect(try await double.requests().count == 1)
    }

    @Test func `are plugins, among them that for vectors`() async throws {
        let double = try AWSDouble()
        let search = try await double.openSearch()
        #expect(try await search.plugins().contains("opensearch-knn"))
        try await double.fail("no-knn")
        #expect(try await search.plugins().contains("opensearch-knn") == false)
        let serverless = try await double.openSearch(serverless: true)
        guard case .invalidOperation = await openSearchError({ try await serverless.plugins() }),
            case .invalidOperation = await openSearchError({ try await serverless.storedBytes("pages") })
        else {
            Issue.record("Serverless tells neither")
            return
        }
    }

    @Test func `asks for its user's password with each request`() async throws {
        let passwords = ["first", "second"]
        let client = ScriptedClient { _, _ in .json(#"{"count":0,"_shards":{"failed":0}}"#) }
        guard let url = URL(string: "https://search.example.com") else { throw URLError(.badURL) }
        let search = try OpenSearch(
            endpoint: url,
            login: OpenSearch.Login(
                user: "me", password: AWSSecretText(passwords[client.requests.count])),
            http: client, attempts: 1, clock: ManualClock())
        for _ in passwords { _ = try await search.count("pages") }
        let sent = client.requests.compactMap { request in
            request.headers.first { $0.name == "Authorization" }?.value
        }
        #expect(sent == passwords.map { "Basic \(Data("me:\($0)".utf8).base64EncodedString())" })
    }
}
