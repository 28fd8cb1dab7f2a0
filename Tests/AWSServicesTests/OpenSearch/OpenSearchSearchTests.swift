import Foundation
import JSONValue
import TestSupport
import Testing
import Transport

@testable import AWSServices

@Suite(.timeLimit(.minutes(2))) struct `Searches of OpenSearch` {
    /// Four pages.
    private func filled(serverless: Bool = false) async throws -> OpenSearch {
        let search = try await AWSDouble().openSearch(serverless: serverless)
        let pages: [(String, JSONValue)] = [
            ("a", ["title": "red apple", "space": "DOC", "number": 1, "vector": [1, 0, 0]]),
            ("b", ["title": "green apple pie", "space": "DOC", "number": 2, "vector": [0.9, 0.1, 0]]),
            ("c", ["title": "blue car", "space": "OPS", "number": 3, "vector": [0, 1, 0], "draft": true]),
            ("d", ["title": "red car", "space": "HR", "number": 4, "vector": [0, 0, 1]]),
        ]
        let outcomes = try await search.bulk("pages", pages.map { OpenSearchItem($0.0, .put($0.1)) })
        try #require(outcomes == [.created, .created, .created, .created])
        return search
    }

    @Test(arguments: [false, true])
    func `find what their query says`(serverless: Bool) async throws {
        let search = try await filled(serverless: serverless)
        let cases: [(OpenSearchQuery, Set<String>)] = [
            (.matchAll, ["a", "b", "c", "d"]),
            (.match(field: "title", text: "apple"), ["a", "b"]),
            (.multiMatch(fields: ["title^2", "space"], text: "hr car"), ["c", "d"]),
            (.term(field: "space", "DOC"), ["a", "b"]),
            (.terms(field: "space", ["OPS", "HR"]), ["c", "d"]),
            (.terms(field: "space", []), []),
            (.range(field: "number", OpenSearchRange(above: 1, atMost: 3)), ["b", "c"]),
            (.exists(field: "draft"), ["c"]),
            (.ids(["a", "d", "x"]), ["a", "d"]),
            (.prefix(field: "space", "D"), ["a", "b"]),
            (
                .bool(
                    OpenSearchBool(
                        must: [.match(field: "title", text: "car red")],
                        filter: [.term(field: "space", "HR")],
                        mustNot: [.exists(field: "draft")])), ["d"]
            ),
            (
                .bool(
                    OpenSearchBool(
                        should: [
                            .term(field: "space", "DOC"), .match(field: "title", text: "red"),
                            .term(field: "number", 4),
                        ], minimumShouldMatch: 2)), ["a", "d"]
            ),
            (.knn(field: "vector", vector: [1, 0, 0], k: 2), ["a", "b"]),
            (.knn(field: "vector", vector: [1, 0, 0], k: 2, filter: .term(field: "space", "OPS")), ["c"]),
            (.neural(field: "vector", text: "apple", modelID: "m", k: 4), ["a", "b", "c", "d"]),
        ]
        for (query, expected) in cases {
            let page = try await search.search("pages", OpenSearchSearch(query))
            #expect(Set(page.hits.map(\.id)) == expected, "\(query)")
            #expect(page.total == expected.count && page.isTotalExact && !page.isPart)
            if query.hasPlainTotal { #expect(try await search.count("pages", query) == expected.count) }
        }
    }

    @Test func `give the best first, with scores, sources and what they are ordered by`() async throws {
        let search = try await filled()
        let near = try await search.search(
            "pages", OpenSearchSearch(.knn(field: "vector", vector: [0.9, 0.2, 0], k: 3)))
        #expect(near.hits.map(\.id) == ["b", "a", "c"])
        #expect(near.hits.allSatisfy { $0.index == "pages" && $0.score != nil && $0.sort.isEmpty })
        #expect(near.hits.first?.source?["title"] == "green apple pie")
        var ordered = OpenSearchSearch(size: 2)
        ordered.sort = [OpenSearchSort("number", isDescending: true)]
        ordered.source = .only(["title"])
        ordered.from = 1
        let page = try await search.search("pages", ordered)
        #expect(page.hits.map(\.sort) == [[3], [2]] && page.total == 4)
        #expect(page.hits.map(\.source) == [["title": "blue car"], ["title": "green apple pie"]])
        ordered.source = .none
        ordered.from = 0
        ordered.searchAfter = [3]
        let next = try await search.search("pages", ordered)
        #expect(next.hits.map(\.id) == ["b", "a"] && next.hits.allSatisfy { $0.source == nil })
    }

    @Test func `join words and vectors with a pipeline's scores`() async throws {
        let search = try await filled()
        var hybrid = OpenSearchSearch(
            .hybrid([
                .match(field: "title", text: "red"), .knn(field: "vector", vector: [1, 0, 0], k: 4),
            ]))
        hybrid.pipeline = "join"
        #expect(try await search.search("pages", hybrid).hits.first?.id == "a")
    }

    @Test func `delete what they find`() async throws {
        let search = try await filled()
        let deleted = try await search.deleteByQuery("pages", .term(field: "space", "DOC"), refreshes: true)
        #expect(deleted == OpenSearchDeletion(deleted: 2, changedMeanwhile: 0))
        #expect(try await search.count("pages") == 2)
        #expect(try await search.deleteByQuery("pages", .term(field: "space", "DOC")).deleted == 0)
    }

    @Test func `that cannot be are not sent`() async throws {
        let client = ScriptedClient { _, _ in .json("{}") }
        let search = try scriptedOpenSearch(client)
        let bad = OpenSearchQuery.knn(field: "v", vector: [.nan], k: 1)
        let errors = [
            await openSearchError { try await search.search("p", OpenSearchSearch(bad)) },
            await openSearchError { try await search.count("p", bad) },
            await openSearchError { try await search.deleteByQuery("p", bad) },
            await openSearchError {
                try await search.search("p", OpenSearchSearch(.term(field: "a", .number(.nan))))
            },
        ]
        for error in errors {
            guard case .invalidOperation = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
        #expect(client.requests.isEmpty)
    }

    @Test func `that not all shards answered are an error, unless a part is allowed`() async throws {
        let answer = """
            {"took":1,"timed_out":false,"_shards":{"total":3,"successful":2,"failed":1,"failures":[{"shard":0,\
            "reason":{"type":"query_shard_exception","reason":"For input string: planted"}}]},\
            "hits":{"total":{"value":1,"relation":"gte"},"hits":[{"_index":"p","_id":"1","_score":null}]}}
            """
        let search = try scriptedOpenSearch(ScriptedClient { _, _ in .json(answer) })
        let error = await openSearchError { try await search.search("p", OpenSearchSearch()) }
        guard case .shardsFailed(1, 3, let details) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(details.type == "query_shard_exception" && error?.isRetryable == true)
        #expect(details.reason == "For input string:…")
        var allowed = OpenSearchSearch()
        allowed.allowsPart = true
        let page = try await search.search("p", allowed)
        #expect(page.isPart && page.hits.map(\.id) == ["1"] && page.hits.first?.score == nil)
        #expect(page.total == 1 && !page.isTotalExact)
        let counted = await openSearchError { try await search.count("p") }
        guard case .shardsFailed = counted else {
            Issue.record("\(String(describing: counted))")
            return
        }
    }

    @Test(arguments: [
        #"{"hits":{}}"#, #"{"hits":{"hits":[{"_index":"p"}]}}"#, "[]", "not json", #"{}"#,
        #"{"hits":{"hits":[{"_index":"p","_id":"1"},{"_index":"p","_id":"2"}]}}"#,
    ])
    func `whose answers are not OpenSearch's are told`(answer: String) async throws {
        let search = try scriptedOpenSearch(ScriptedClient { _, _ in .json(answer) })
        let errors = [
            await openSearchError { try await search.search("p", OpenSearchSearch(size: 1)) },
            await openSearchError { try await search.count("p") },
            await openSearchError { try await search.deleteByQuery("p", .matchAll) },
        ]
        for error in errors {
            guard case .unexpectedResponse = error else {
                Issue.record("\(answer): \(String(describing: error))")
                continue
            }
        }
    }

    @Test func `that were cut short are told`() async throws {
        let answer = #"{"timed_out":true,"_shards":{"failed":0},"hits":{"hits":[]}}"#
        let search = try scriptedOpenSearch(ScriptedClient { _, _ in .json(answer) })
        let error = await openSearchError { try await search.search("p", OpenSearchSearch()) }
        guard case .timedOut = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `a deletion tells documents that could not be deleted`() async throws {
        let answer = """
            {"deleted":1,"version_conflicts":2,"failures":[{"index":"p","id":"1","status":403,\
            "cause":{"type":"cluster_block_exception","reason":"index [p] blocked"}}]}
            """
        let search = try scriptedOpenSearch(
            ScriptedClient { number, _ in
                .json(number == 0 ? answer : #"{"deleted":1,"version_conflicts":2,"failures":[]}"#)
            })
        let error = await openSearchError { try await search.deleteByQuery("p", .matchAll) }
        #expect(error?.details?.reason == "index [p] blocked")
        #expect(try await search.deleteByQuery("p", .matchAll).changedMeanwhile == 2)
    }
}
