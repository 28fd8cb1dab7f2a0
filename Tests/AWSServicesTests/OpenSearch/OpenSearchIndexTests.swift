import Foundation
import JSONValue
import TestSupport
import Testing
import Transport

@testable import AWSServices

@Suite(.timeLimit(.minutes(2))) struct `Indexes of OpenSearch` {
    private static let content: OpenSearchIndex = {
        var content = OpenSearchIndex([
            "title": .text(analyzer: "english"), "space": .keyword,
            "embedding": .vector(
                OpenSearchVectorField(dimension: 4, space: .innerProduct, m: 24, efConstruction: 200)),
        ])
        content.shards = 2
        content.replicas = 1
        content.refreshInterval = "1s"
        return content
    }()

    @Test(arguments: [false, true])
    func `are made, found and deleted`(serverless: Bool) async throws {
        let search = try await AWSDouble().openSearch(serverless: serverless)
        #expect(try await !search.exists("pages"))
        try await search.create("pages", Self.content)
        #expect(try await search.exists("pages"))
        let mapping = try await search.mappings("pages")
        #expect(mapping["pages"]?["dynamic"] == "strict")
        #expect(mapping["pages"]?["properties"]?["title"] == ["type": "text", "analyzer": "english"])
        try await search.addFields("pages", ["changed": .date])
        #expect(
            try await search.mappings("pages")["pages"]?["properties"]?["changed"] == ["type": "date"])
        let again = await openSearchError { try await search.create("pages", Self.content) }
        guard case .conflict(let details) = again else {
            Issue.record("\(String(describing: again))")
            return
        }
        #expect(details.type == "resource_already_exists_exception" && details.requestID != "unknown")
        try await search.delete("pages")
        #expect(try await !search.exists("pages"))
        let gone = await openSearchError { try await search.delete("pages") }
        guard case .indexMissing = gone else {
            Issue.record("\(String(describing: gone))")
            return
        }
        #expect(gone?.description.contains("pages") == true)
    }

    @Test func `are told what vectors they hold`() throws {
        #expect(
            try Self.content.json.text() == """
                {"mappings":{"dynamic":"strict","properties":{"embedding":{"dimension":4,"method":\
                {"engine":"faiss","name":"hnsw","parameters":{"ef_construction":200,"m":24},\
                "space_type":"innerproduct"},"type":"knn_vector"},"space":{"type":"keyword"},\
                "title":{"analyzer":"english","type":"text"}}},"settings":{"index":{"knn":true,\
                "number_of_replicas":1,"number_of_shards":2,"refresh_interval":"1s"}}}
                """)
        let nested = OpenSearchIndex([
            "a": .object(["b": .vector(OpenSearchVectorField(dimension: 3, space: .l2, engine: .lucene))])
        ])
        #expect(nested.json["settings"]?["index"]?["knn"] == true)
        #expect(OpenSearchIndex(["a": .keyword]).json["settings"] == nil)
    }

    @Test(arguments: [0, -1, 16_001])
    func `of impossible vectors are not asked for`(dimension: Int) async throws {
        let client = ScriptedClient { _, _ in .json("{}") }
        let search = try scriptedOpenSearch(client)
        let vector = OpenSearchField.vector(OpenSearchVectorField(dimension: dimension, space: .l2))
        for fields in [["v": vector], ["o": .object(["v": vector])]] {
            let error = await openSearchError { try await search.create("i", OpenSearchIndex(fields)) }
            #expect(error?.description.contains("\(dimension)") == true)
        }
        #expect(client.requests.isEmpty)
    }

    @Test(arguments: ["", "_all", "*", "a*", "a,b", "A", "a/b", "a b", "-a", "..", "a?", "a#b", "<a-{now}>"])
    func `of names that mean more than one are never asked for`(name: String) async throws {
        let client = ScriptedClient { _, _ in .json(#"{"acknowledged":true}"#) }
        let search = try scriptedOpenSearch(client)
        let errors = [
            await openSearchError { try await search.delete(name) },
            await openSearchError { try await search.create(name, OpenSearchIndex([:])) },
            await openSearchError { try await search.search(name, OpenSearchSearch()) },
            await openSearchError { try await search.deleteByQuery(name, .matchAll) },
            await openSearchError { try await search.moveAlias(name, from: nil, to: "b") },
            await openSearchError { try await search.moveAlias("a", from: nil, to: name) },
        ]
        for error in errors {
            guard case .invalidOperation = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
        #expect(client.requests.isEmpty)
    }

    @Test func `an alias moves from one index to another in one request`() async throws {
        let double = try AWSDouble()
        let search = try await double.openSearch()
        for index in ["pages-1", "pages-2"] { try await search.create(index, Self.content) }
        #expect(try await search.indexes(ofAlias: "pages") == [])
        try await search.moveAlias("pages", from: nil, to: "pages-1")
        #expect(try await search.indexes(ofAlias: "pages") == ["pages-1"])
        try await search.moveAlias("pages", from: "pages-1", to: "pages-2")
        #expect(try await search.indexes(ofAlias: "pages") == ["pages-2"])
        #expect(Set(try await search.mappings("pages").keys) == ["pages-2"])
        let moves = try await double.searchRequests().filter { $0.operation == "POST /_aliases" }
        #expect(
            moves.last?.body == """
                {"actions":[{"remove":{"alias":"pages","index":"pages-1"}},\
                {"add":{"alias":"pages","index":"pages-2"}}]}
                """)
        for old in ["pages-1", nil] {
            let error = await openSearchError {
                try await search.moveAlias("pages", from: old, to: "pages-1")
            }
            guard case .conflict = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
        #expect(try await search.indexes(ofAlias: "pages") == ["pages-2"])
        #expect(try await double.searchRequests().filter { $0.operation == "POST /_aliases" }.count == 2)
    }

    @Test func `a cluster tells its version, and makes what was written found`() async throws {
        let search = try await AWSDouble().openSearch()
        let info = try await search.info()
        #expect(info.version == "2.19.0" && info.distribution == "opensearch")
        try await search.create("pages", Self.content)
        try await search.refresh("pages")
    }

    @Test func `Serverless is not asked for what it does not have`() async throws {
        let double = try AWSDouble()
        let search = try await double.openSearch(serverless: true)
        var options = OpenSearchBulkOptions()
        options.refresh = .waited
        let errors = [
            await openSearchError { try await search.info() },
            await openSearchError { try await search.refresh("pages") },
            await openSearchError { try await search.deleteByQuery("pages", .matchAll) },
            await openSearchError { try await search.put("pages", "a", [:], refresh: .atOnce) },
            await openSearchError { try await search.delete("pages", "a", refresh: .waited) },
            await openSearchError {
                try await search.bulk("pages", [OpenSearchItem("a", .delete)], options: options)
            },
        ]
        for error in errors {
            guard case .invalidOperation(_, let reason) = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(reason.contains("Serverless"))
        }
        #expect(try await double.searchRequests().isEmpty)
    }

    @Test func `a change that not all nodes took in time is told`() async throws {
        let client = ScriptedClient { number, _ in
            .json(number == 0 ? #"{"acknowledged":false}"# : #"{"index":"pages"}"#)
        }
        let search = try scriptedOpenSearch(client)
        let late = await openSearchError { try await search.create("pages", Self.content) }
        guard case .timedOut = late else {
            Issue.record("\(String(describing: late))")
            return
        }
        let odd = await openSearchError { try await search.create("pages", Self.content) }
        guard case .unexpectedResponse = odd else {
            Issue.record("\(String(describing: odd))")
            return
        }
    }
}
