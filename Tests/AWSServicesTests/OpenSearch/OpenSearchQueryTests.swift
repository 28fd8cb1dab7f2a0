import Foundation
import JSONValue
import Testing

@testable import AWSServices

@Suite struct `Queries of OpenSearch` {
    private func text(_ query: OpenSearchQuery) throws -> String { try query.json().text() }

    @Test func `are written as OpenSearch documents them`() throws {
        let cases: [(OpenSearchQuery, String)] = [
            (.matchAll, #"{"match_all":{}}"#),
            (
                .match(field: "body", text: "a \"b\""),
                #"{"match":{"body":{"operator":"or","query":"a \"b\""}}}"#
            ),
            (
                .multiMatch(fields: ["title^2", "body"], text: "x", words: .all),
                #"{"multi_match":{"fields":["title^2","body"],"operator":"and","query":"x"}}"#
            ),
            (.term(field: "space", "DOC"), #"{"term":{"space":{"value":"DOC"}}}"#),
            (.terms(field: "n", [1, 2]), #"{"terms":{"n":[1,2]}}"#),
            (.terms(field: "n", []), #"{"terms":{"n":[]}}"#),
            (
                .range(field: "t", OpenSearchRange(atLeast: "2026-01-01", below: "2027-01-01")),
                #"{"range":{"t":{"gte":"2026-01-01","lt":"2027-01-01"}}}"#
            ),
            (
                .range(field: "n", OpenSearchRange(above: 1, atMost: 2.5)),
                #"{"range":{"n":{"gt":1,"lte":2.5}}}"#
            ),
            (.exists(field: "a"), #"{"exists":{"field":"a"}}"#),
            (.ids(["1", "2"]), #"{"ids":{"values":["1","2"]}}"#),
            (.prefix(field: "a", "b"), #"{"prefix":{"a":{"value":"b"}}}"#),
            (
                .bool(
                    OpenSearchBool(
                        must: [.matchAll], should: [.exists(field: "a"), .exists(field: "b")],
                        filter: [.ids([])], mustNot: [.term(field: "c", true)], minimumShouldMatch: 1)),
                """
                {"bool":{"filter":[{"ids":{"values":[]}}],"minimum_should_match":1,"must":[{"match_all":{}}],\
                "must_not":[{"term":{"c":{"value":true}}}],"should":[{"exists":{"field":"a"}},\
                {"exists":{"field":"b"}}]}}
                """
            ),
            (
                .knn(field: "v", vector: [0.1, -1, 1e-30], k: 3, filter: .term(field: "s", "x")),
                """
                {"knn":{"v":{"filter":{"term":{"s":{"value":"x"}}},"k":3,"vector":[0.1,-1,1e-30]}}}
                """
            ),
            (
                .neural(field: "v", text: "t", modelID: "m", k: 5),
                #"{"neural":{"v":{"k":5,"model_id":"m","query_text":"t"}}}"#
            ),
            (
                .hybrid([.match(field: "b", text: "t"), .knn(field: "v", vector: [1], k: 1)]),
                """
                {"hybrid":{"queries":[{"match":{"b":{"operator":"or","query":"t"}}},\
                {"knn":{"v":{"k":1,"vector":[1]}}}]}}
                """
            ),
        ]
        for (query, expected) in cases { #expect(try text(query) == expected) }
    }

    @Test func `that OpenSearch would refuse are refused by what is wrong with them`() {
        let cases: [(OpenSearchQuery, String)] = [
            (.multiMatch(fields: [], text: "planted"), "no fields"),
            (.terms(field: "n", Array(repeating: 1, count: 65_537)), "65537"),
            (.range(field: "t", OpenSearchRange()), "no bound"),
            (.knn(field: "v", vector: [], k: 1), "of 0"),
            (.knn(field: "v", vector: [1, .nan], k: 1), "finite"),
            (.knn(field: "v", vector: Array(repeating: 1, count: 16_001), k: 1), "16001"),
            (.knn(field: "v", vector: [1], k: 0), "not 0"),
            (.neural(field: "v", text: "planted", modelID: nil, k: 10_001), "10001"),
            (.hybrid([]), "it has 0"),
            (.hybrid(Array(repeating: .matchAll, count: 6)), "it has 6"),
            (.bool(OpenSearchBool(must: [.hybrid([.matchAll])])), "stands in no other"),
            (.hybrid([.hybrid([.matchAll])]), "stands in no other"),
            (.bool(OpenSearchBool(should: [.matchAll], minimumShouldMatch: 2)), "2 of 1"),
            (
                .knn(field: "v", vector: [1], k: 1, filter: .bool(OpenSearchBool(minimumShouldMatch: -1))),
                "-1"
            ),
        ]
        for (query, words) in cases {
            let error = #expect(throws: OpenSearchQueryFault.self) { try query.json() }
            #expect(error?.reason.contains(words) == true, "\(String(describing: error))")
            #expect(error?.reason.contains("planted") == false)
        }
    }

    @Test func `a vector keeps a Float's own digits`() throws {
        #expect(try JSONValue.openSearchVector([0.1, 16_777_216, -0.0]).text() == "[0.1,16777216,-0]")
        #expect(throws: EncodingError.self) { try JSONValue.openSearchVector([.infinity]).text() }
    }

    @Test func `a search is written with what it asks for, and no more`() throws {
        var search = OpenSearchSearch(.matchAll, size: 5)
        #expect(try JSONValue.object(search.json()).text() == #"{"query":{"match_all":{}},"size":5}"#)
        search.from = 10
        search.sort = [.score, OpenSearchSort("_id")]
        search.source = .only(["title"])
        search.minimumScore = 0.5
        search.countsAll = true
        #expect(
            try JSONValue.object(search.json()).text() == """
                {"_source":{"includes":["title"]},"from":10,"min_score":0.5,"query":{"match_all":{}},"size":5,\
                "sort":[{"_score":{"order":"desc"}},{"_id":{"order":"asc"}}],"track_total_hits":true}
                """)
        search.from = 0
        search.searchAfter = [0.5, "a"]
        search.source = .none
        let json = try search.json()
        #expect(json["search_after"] == [0.5, "a"] && json["_source"] == false)
        for broken in [(size: 10_000, from: 1), (size: -1, from: 0), (size: 1, from: -1)] {
            var search = OpenSearchSearch(size: broken.size)
            search.from = broken.from
            #expect(throws: OpenSearchQueryFault.self) { try search.json() }
        }
        search.searchAfter = [0.5]
        #expect(throws: OpenSearchQueryFault.self) { try search.json() }
    }
}
