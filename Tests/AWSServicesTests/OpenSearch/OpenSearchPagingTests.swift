import Concurrency
import Foundation
import JSONValue
import TestSupport
import Testing
import Transport

@testable import AWSServices

@Suite(.timeLimit(.minutes(2))) struct `Paging through OpenSearch` {
    private func filled(_ search: OpenSearch, _ count: Int) async throws {
        let items = (0..<count).map {
            OpenSearchItem("d\($0)", .put(["number": .integer($0 / 3), "space": $0 % 2 == 0 ? "A" : "B"]))
        }
        let outcomes = try await search.bulk("pages", items)
        try #require(outcomes.failures.isEmpty)
    }

    private func deletions(_ double: AWSDouble) async throws -> [String] {
        try await double.searchRequests()
            .filter { $0.operation == "DELETE /_search/point_in_time" }.map(\.body)
    }

    @Test(arguments: [1, 7, 20, 21], [false, true])
    func `gives each hit once, in order, whatever the page`(size: Int, serverless: Bool) async throws {
        let double = try AWSDouble()
        let search = try await double.openSearch(serverless: serverless)
        try await filled(search, 20)
        var ask = OpenSearchSearch(.matchAll, size: size)
        ask.sort = [OpenSearchSort("number", isDescending: true)]
        ask.source = .none
        let ids = try await search.hits("pages", ask).reduce(into: []) { $0.append($1.id) }
        let expected = (0..<20).map { ($0 / 3, "d\($0)") }.sorted { ($1.0, $0.1) < ($0.0, $1.1) }
        #expect(ids == expected.map(\.1))
        // As many requests as pages: the total tells the last.
        let pages = try await double.searchRequests().filter { $0.operation == "POST /_search" }
        #expect(pages.count == (20 + size - 1) / size)
        #expect(try await deletions(double) == [#"{"pit_id":["pit1"]}"#])
    }

    @Test func `gives the best first where nothing else is asked for, and what was there at the beginning`()
        async throws
    {
        let double = try AWSDouble()
        let search = try await double.openSearch()
        try await filled(search, 6)
        let query = OpenSearchQuery.bool(
            OpenSearchBool(must: [.matchAll], should: [.term(field: "space", "B")]))
        var ids: [String] = []
        for try await hit in search.hits("pages", OpenSearchSearch(query, size: 2)) {
            if ids.isEmpty {
                try await search.delete("pages", "d4")
                try await search.put("pages", "d9", ["space": "B"])
            }
            ids.append(hit.id)
        }
        #expect(ids == ["d1", "d3", "d5", "d0", "d2", "d4"])
    }

    @Test func `of nothing gives nothing`() async throws {
        let double = try AWSDouble()
        let search = try await double.openSearch()
        try await search.create("pages", OpenSearchIndex([:]))
        #expect(try await search.hits("pages", OpenSearchSearch()).reduce(0) { count, _ in count + 1 } == 0)
        #expect(try await deletions(double).count == 1)
    }

    @Test func `deletes its point in time when the reader stops early`() async throws {
        let double = try AWSDouble()
        let search = try await double.openSearch()
        try await filled(search, 9)
        for try await _ in search.hits("pages", OpenSearchSearch(size: 2)) { break }
        // Nobody waits for it, so we ask until it has come; the suite's time is the limit.
        while try await deletions(double).isEmpty { await Task.yield() }
        #expect(try await deletions(double) == [#"{"pit_id":["pit1"]}"#])
    }

    @Test func `deletes its point in time also when the reader is cancelled`() async throws {
        let double = try AWSDouble()
        let search = try await double.openSearch()
        try await filled(search, 9)
        let reader = Task {
            for try await _ in search.hits("pages", OpenSearchSearch(size: 2)) {
                withUnsafeCurrentTask { $0?.cancel() }
            }
        }
        let result = await reader.result
        #expect(throws: OpenSearchError.transport(.cancelled)) { try result.get() }
        #expect(try await deletions(double) == [#"{"pit_id":["pit1"]}"#])
    }

    @Test func `an index that is missing is told at the first hit`() async throws {
        let search = try await AWSDouble().openSearch()
        let error = await openSearchError {
            for try await _ in search.hits("none", OpenSearchSearch()) {}
        }
        guard case .indexMissing = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test(arguments: [(0, 60), (10_001, 60), (10, 0), (10, 86_401)])
    func `of impossible pages and times asks for nothing`(size: Int, seconds: Int) async throws {
        let client = ScriptedClient { _, _ in .json("{}") }
        let search = try scriptedOpenSearch(client)
        let error = await openSearchError {
            for try await _ in search.hits(
                "p", OpenSearchSearch(size: size), keepAlive: .seconds(seconds))
            {}
        }
        guard case .invalidOperation = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(client.requests.isEmpty)
    }

    /// An answer of one hit.
    private static func page(_ id: String, sort: Int, pit: String, total: Int, relation: String)
        -> HTTPResponse
    {
        .json(
            """
            {"pit_id":"\(pit)","_shards":{"failed":0},"hits":{"total":{"value":\(total),"relation":"\(relation)"},\
            "hits":[{"_index":"p","_id":"\(id)","sort":[\(sort),"\(id)"]}]}}
            """)
    }

    @Test func `names the point in time that the answer before named, and deletes the last`() async throws {
        let client = ScriptedClient { number, request in
            switch number {
            case 0: .json(#"{"pit_id":"first","_shards":{"failed":0}}"#)
            case 1: Self.page("1", sort: 2, pit: "second", total: 2, relation: "eq")
            case 2: Self.page("2", sort: 1, pit: "third", total: 2, relation: "eq")
            default: .json(#"{"pits":[]}"#)
            }
        }
        let search = try scriptedOpenSearch(client)
        let ids = try await search.hits("p", OpenSearchSearch(size: 1)).reduce(into: []) { $0.append($1.id) }
        #expect(ids == ["1", "2"])
        #expect(client.requests.count == 4)
        #expect(client.requests[0].target == "/p/_search/point_in_time?keep_alive=120s")
        #expect(client.requests[1].text.contains(#""pit":{"id":"first","keep_alive":"120s"}"#))
        #expect(client.requests[2].text.contains(#""id":"second""#))
        #expect(client.requests[2].text.contains(#""search_after":[2,"1"]"#))
        #expect(client.requests[3].text == #"{"pit_id":["third"]}"#)
    }

    @Test func `ends with an error where pages do not end, or end too soon`() async throws {
        let endless = ScriptedClient { number, _ in
            number == 0
                ? .json(#"{"pit_id":"p1","_shards":{"failed":0}}"#)
                : Self.page("1", sort: 2, pit: "p1", total: 10_000, relation: "gte")
        }
        let short = ScriptedClient { number, _ in
            switch number {
            case 0: .json(#"{"pit_id":"p1","_shards":{"failed":0}}"#)
            case 1: Self.page("1", sort: 2, pit: "p1", total: 3, relation: "eq")
            default:
                .json(#"{"_shards":{"failed":0},"hits":{"total":{"value":3,"relation":"eq"},"hits":[]}}"#)
            }
        }
        for (client, count) in [(endless, 4), (short, 4)] {
            let search = try scriptedOpenSearch(client)
            let error = await openSearchError {
                for try await _ in search.hits("p", OpenSearchSearch(size: 1)) {}
            }
            guard case .unexpectedResponse = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            // The point in time, two pages, its deletion.
            #expect(client.requests.count == count)
        }
    }

    @Test func `a point in time of which shards failed is deleted again`() async throws {
        let client = ScriptedClient { _, request in
            .json(request.method == "DELETE" ? "{}" : #"{"pit_id":"p1","_shards":{"total":2,"failed":1}}"#)
        }
        let search = try scriptedOpenSearch(client)
        let error = await openSearchError { for try await _ in search.hits("p", OpenSearchSearch()) {} }
        guard case .shardsFailed(1, 2, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(client.requests.map(\.method) == ["POST", "DELETE"])
    }
}
