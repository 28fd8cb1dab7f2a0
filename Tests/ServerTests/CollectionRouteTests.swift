import Foundation
import HTTPTypes
import Testing
import VectorCollections

@testable import Server

@Suite(.timeLimit(.minutes(1))) struct `Collections over HTTP` {
    private let points = """
        [{"id": 1, "vector": [1, 0], "payload": {"color": "red", "title": "é"}},
         {"id": "b", "vector": [0, 1], "payload": {"color": "green"}},
         {"id": 9007199254740993, "vector": [0.5, 0.5e0]}]
        """

    @Test func `are made, told, listed and deleted`() async throws {
        let server = try CollectionServer()
        let settings = #"{"dimension": 2, "metric": "dot", "format": "float32", "m": 8, "ef_search": 32}"#
        let made = try await server.respond(.put, "/v1/collections/a-B_1", settings)
        #expect(made.status == .created)
        let again = try await server.respond(.put, "/v1/collections/a-B_1", settings)
        #expect(again.status == .ok)
        let told = try await server.respond(.get, "/v1/collections/a-B_1").json
        #expect(told["name"] == .text("a-B_1"))
        #expect(told["metric"] == .text("dot"))
        #expect(told["m"] == .number(8))
        #expect(told["ef_construction"] == .number(200))
        #expect(told["points"] == .number(0))
        let other = try await server.respond(.put, "/v1/collections/a-B_1", #"{"dimension": 3}"#)
        #expect(try other.problem == "other-settings")
        #expect(other.status == .conflict)
        #expect(try other.json["detail"]?.text?.contains("dimension is 2, not 3") == true)
        #expect(try await server.respond(.get, "/v1/collections").json["collections"]?.list.count == 1)
        #expect(try await server.respond(.delete, "/v1/collections/a-B_1").status == .noContent)
        let gone = try await server.respond(.delete, "/v1/collections/a-B_1")
        #expect(gone.status == .notFound)
        #expect(try gone.problem == "no-such-collection")
        #expect(try await server.respond(.get, "/v1/collections").json["collections"]?.list == [])
    }

    @Test func `of another tenant are not there`() async throws {
        let server = try CollectionServer()
        _ = try await server.collections.create(
            "theirs", CollectionSettings(dimension: 2), tenant: "another tenant")
        #expect(try await server.respond(.get, "/v1/collections").json["collections"]?.list == [])
        let theirs = try await server.respond(.get, "/v1/collections/theirs")
        let nobodys = try await server.respond(.get, "/v1/collections/nothing")
        #expect(try theirs.problem == "no-such-collection")
        #expect(theirs.text.replacing("theirs", with: "nothing") == nobodys.text)
        try await server.fill("theirs")
        #expect(try await server.collections.count("theirs", tenant: "another tenant") == 0)
    }

    @Test func `are changed by those who may put in, and read by those who may search`() async throws {
        let server = try CollectionServer(scopes: [.search])
        for operation in server.application.router.operations {
            let path = operation.path.replacing("{name}", with: "a")
            let response = try await server.respond(operation.method, path, body: Data("{}".utf8))
            let isRefused = try response.problem == "insufficient-scope"
            #expect(isRefused == (operation.access == .scope(.ingest)), "\(operation.id)")
        }
        let writing = ["createCollection", "deleteCollection", "upsertPoints", "deletePoints"]
        let ids = server.application.router.operations.filter { $0.access == .scope(.ingest) }.map(\.id)
        #expect(Set(ids) == Set(writing + ["putCollectionSnapshot"]))
    }

    @Test func `give the nearest points, with what is asked for`() async throws {
        let server = try CollectionServer()
        try await server.fill("things", #"{"dimension": 2}"#, points)
        let plain = try await server.respond(
            .post, "/v1/collections/things/query", #"{"vector": [1, 0.01], "k": 2}"#)
        #expect(plain.text.hasPrefix(#"{"metric":"cosine","results":[{"id":1,"score":0.99"#))
        // Larger than a double holds exactly.
        #expect(plain.text.contains(#"{"id":9007199254740993,"score":"#))
        let full = try await server.respond(
            .post, "/v1/collections/things/query",
            #"{"vector": [0, 1], "k": 1, "with_payload": true, "with_vector": true, "ef_search": null}"#)
        let result = try #require(try full.json["results"]?.list.first)
        #expect(result["id"] == .text("b"))
        #expect(result["payload"] == .object(["color": .text("green")]))
        #expect(result["vector"] == .list([.number(0), .number(1)]))
        let filtered = try await server.respond(
            .post, "/v1/collections/things/query",
            #"{"vector": [0, 1], "filter": {"must": [{"key": "color", "match": {"value": "red"}}]}}"#)
        #expect(try filtered.json["results"]?.list.map { $0["id"] } == [.number(1)])
        let close = try await server.respond(
            .post, "/v1/collections/things/query", #"{"vector": [0, 1], "score_threshold": 0.9}"#)
        #expect(try close.json["results"]?.list.count == 1)
    }

    @Test func `answer several queries at once`() async throws {
        let server = try CollectionServer()
        try await server.fill("things", #"{"dimension": 2}"#, points)
        let response = try await server.respond(
            .post, "/v1/collections/things/query",
            #"{"queries": [{"vector": [1, 0], "k": 1}, {"vector": [0, 1], "k": 2}]}"#)
        let lists = try #require(try response.json["queries"]?.list)
        #expect(lists.map { $0["results"]?.list.count } == [1, 2])
        #expect(lists.map { $0["results"]?.list.first?["id"] } == [.number(1), .text("b")])
        let none = try await server.respond(.post, "/v1/collections/things/query", #"{"queries": []}"#)
        #expect(none.text == #"{"metric":"cosine","queries":[]}"#)
    }

    @Test func `give, count, page through and remove points`() async throws {
        let server = try CollectionServer()
        try await server.fill("things", #"{"dimension": 2}"#, points)
        func post(_ what: String, _ body: String) async throws -> JSONValue {
            let response = try await server.respond(.post, "/v1/collections/things/\(what)", body)
            #expect(response.status == .ok, "\(response.text)")
            return try response.json
        }
        let got = try await post("points/get", #"{"ids": ["b", 7, 1]}"#)
        #expect(got["points"]?.list.map { $0["id"] } == [.text("b"), .number(1)])
        #expect(got["points"]?.list.last?["payload"]?["title"] == .text("é"))
        #expect(got["points"]?.list.last?["vector"] == nil)
        #expect(try await post("count", "{}")["count"] == .number(3))
        let red = #"{"filter": {"must": [{"key": "color", "match": {"value": "red"}}]}}"#
        #expect(try await post("count", red)["count"] == .number(1))
        var (after, ids): (String, [JSONValue?]) = ("null", [])
        for _ in 0..<3 {
            let page = try await post("scroll", #"{"limit": 1, "after": \#(after), "with_payload": false}"#)
            ids += page["points"]?.list.map { $0["id"] } ?? []
            after = page["next"]?.text.map { "\"\($0)\"" } ?? "null"
        }
        #expect(ids.count == 3)
        #expect(ids.first == .number(1))
        #expect(after == "null")
        #expect(try await post("points/delete", #"{"ids": ["b", "c"]}"#)["deleted"] == .number(1))
        #expect(try await post("points/delete", red)["deleted"] == .number(1))
        #expect(try await post("count", "{}")["count"] == .number(1))
    }

    @Test func `give a snapshot and are made of one`() async throws {
        let server = try CollectionServer()
        try await server.fill("things", #"{"dimension": 2}"#, points)
        let download = try await server.respond(.get, "/v1/collections/things/snapshot")
        #expect(download.status == .ok)
        guard case .bytes(let stream) = download.body else { throw CocoaError(.fileReadUnknown) }
        let file = ByteCollector()
        try await stream.send { await file.append($0) }
        let data = await file.data
        #expect(data.count == stream.length)
        let restored = try await server.respond(
            .put, "/v1/collections/copy/snapshot", body: data, contentType: CollectionSnapshot.contentType)
        #expect(restored.status == .created, "\(restored.text)")
        #expect(try restored.json["points"] == .number(3))
        let again = try await server.respond(
            .put, "/v1/collections/copy/snapshot", body: data, contentType: "application/octet-stream")
        #expect(try again.problem == "name-taken")
        let bad = try await server.respond(
            .put, "/v1/collections/bad/snapshot", body: Data("text".utf8),
            contentType: "application/octet-stream")
        #expect(try bad.problem == "invalid-field")
        let untyped = try await server.respond(.put, "/v1/collections/bad/snapshot", "{}")
        #expect(try untyped.problem == "unsupported-type")
    }

    @Test func `tell a database that is away as other operations do, and nothing of the server's`() {
        let away = ProblemDetails(collecting: .unavailable(server: "db:5432/m", reason: "db:5432 is silent"))
        #expect(away.status == 503 && away.retryable)
        #expect(away.retryAfterSeconds == 2 && away.cause == "db:5432 is silent")
        #expect(!away.detail.contains("5432"))
        let unknown = ProblemDetails(collecting: .outcomeUnknown(server: "db:5432/m", reason: "db:5432 went"))
        #expect(unknown.status == 503 && unknown.isOutcomeUnknown && !unknown.retryable)
        let refused = ProblemDetails(collecting: .refused(server: "db:5432/m", reason: "no such role"))
        #expect(refused.cause == "no such role" && !refused.detail.contains("role"))
    }
}

/// The bytes of a stream, put together.
actor ByteCollector {
    private(set) var data = Data()

    func append(_ piece: Data) { data += piece }
}
