import Corpus
import CorpusSQLite
import Foundation
import HTTPTypes
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(2))) struct `POST v1 search` {
    @Test(arguments: ["hybrid", "vector", "keyword"])
    func `each mode finds the page and says why`(mode: String) async throws {
        let response = try await ServerFixture().respond(
            .post, "/v1/search", json: #"{"query": "rotate certificate", "mode": "\#(mode)"}"#)
        #expect(response.status == .ok)
        let found = try response.json
        #expect(found["mode"] == .text(mode))
        let first = try #require(found["results"]?.list.first)
        #expect(first["document_id"] == .text("3"))
        #expect(first["kind"] == .text("blogPost"))
        let why = try #require(first["why"])
        #expect(why["vector_rank"] == (mode == "keyword" ? .null : .number(1)))
        #expect(why["keyword_rank"] == (mode == "vector" ? .null : .number(1)))
    }

    @Test func `highlights are the question's words in the snippet, in UTF-16 units`() async throws {
        let response = try await ServerFixture().respond(
            .post, "/v1/search", json: #"{"query": "certificate"}"#)
        let first = try #require(try response.json["results"]?.list.first)
        let snippet = NSString(string: try #require(first["snippet"]?.text))
        let words = first["highlights"]?.list.map { range in
            let bounds = range.list.compactMap(\.number).map { Int($0) }
            return snippet.substring(with: NSRange(location: bounds[0], length: bounds[1] - bounds[0]))
        }
        #expect(words == ["certificate"])
    }

    @Test func `by date shows the latest change first, over all pages, and finds the same`() async throws {
        let fixture = try await ServerFixture()
        var dates: [String] = []
        var counts: Set<Double> = []
        for offset in 0..<3 {
            let found = try await fixture.respond(
                .post, "/v1/search",
                json: #"{"query": "the certificate", "sort": "updated", "limit": 1, "offset": \#(offset)}"#
            ).json
            #expect(found["sort"] == .text("updated"))
            dates += found["results"]?.list.map { $0["updated_at"]?.text ?? "" } ?? []
            counts.insert(found["count"]?.number ?? -1)
        }
        #expect(dates == dates.sorted(by: >))
        #expect(counts.count == 1)
        let refused = try await fixture.respond(
            .post, "/v1/search", json: #"{"query": "certificate", "sort": "size"}"#)
        #expect(refused.status == .unprocessableContent)
    }

    @Test func `limit and offset page through the results without moving the count`() async throws {
        let fixture = try await ServerFixture()
        var ids: [String] = []
        for offset in 0..<2 {
            let page = try await fixture.respond(
                .post, "/v1/search",
                json: #"{"query": "deploys certificate", "mode": "vector", "limit": 1, "offset": \#(offset)}"#
            ).json
            #expect(page["count"] == .number(2))
            ids += page["results"]?.list.compactMap { $0["document_id"]?.text } ?? []
        }
        #expect(Set(ids) == ["1", "3"])
    }

    @Test func `a filter by kind leaves the other kinds out of results and facets`() async throws {
        let response = try await ServerFixture().respond(
            .post, "/v1/search",
            json: #"{"query": "deploys certificate", "filters": {"kinds": ["page"]}}"#)
        let found = try response.json
        #expect(found["results"]?.list.compactMap { $0["document_id"] } == [.text("1")])
        #expect(found["facets"]?["kinds"]?.list.compactMap { $0["value"] } == [.text("page")])
    }

    @Test func `a filter by documents holds a search to them, and opens none that may not be read`()
        async throws
    {
        let fixture = try await ServerFixture()
        func found(_ ids: String) async throws -> [String] {
            try await fixture.respond(
                .post, "/v1/search",
                json: #"{"query": "deploys certificate", "filters": {"documents": [\#(ids)]}}"#
            ).json["results"]?.list.compactMap { $0["document_id"]?.text } ?? []
        }
        #expect(try await found(#""3""#) == ["3"])
        #expect(try await found(#""2""#) == [])
        #expect(try await found(#""none-such""#) == [])
    }

    @Test(arguments: [
        ("2025-10-09", ["1"]), ("2025-10-10", []), ("2025-10-09T08:53:20Z", ["1"]),
        ("2025-10-09T08:53:20.5Z", []),
    ])
    func `updated_after takes days and times`(after: String, ids: [String]) async throws {
        let response = try await ServerFixture().respond(
            .post, "/v1/search", json: #"{"query": "deploys", "filters": {"updated_after": "\#(after)"}}"#)
        #expect(try response.json["results"]?.list.compactMap { $0["document_id"]?.text } == ids)
    }

    @Test(arguments: [
        (#"{"query": "a", "limit": 0}"#, "limit"), (#"{"query": "a", "limit": 101}"#, "limit"),
        (#"{"query": "a", "offset": -1}"#, "offset"), (#"{"query": "a", "mode": "fuzzy"}"#, "mode"),
    ])
    func `what is out of range is a 422 that names the field`(body: String, field: String) async throws {
        let response = try await ServerFixture().respond(.post, "/v1/search", json: body)
        #expect(response.status == .unprocessableContent)
        #expect(try response.json["field"] == .text(field))
    }
}

@Suite(.timeLimit(.minutes(1))) struct `The cost of a search over HTTP` {
    @Test func `the whole request is one read transaction`() async throws {
        var fixture = try await ServerFixture()
        fixture.configuration.defaultReader = Reader([.user("omar")])
        let store = try #require(fixture.corpus as? SQLiteCorpus)
        let before = store.statistics
        let response = try await fixture.respond(
            .post, "/v1/search", json: #"{"query": "when do deploys happen", "limit": 20}"#)
        #expect(response.status == .ok)
        #expect(store.statistics.reads - before.reads == 1)
        #expect(store.statistics.passages - before.passages <= 20)
    }
}
