import Foundation
import HTTPTypes
import Testing
import VectorCollections

@testable import Server

@Suite(.timeLimit(.minutes(1))) struct `Packed vectors over HTTP` {
    private let type = PackedVectors.contentType

    private func post(
        _ server: CollectionServer, _ path: String, _ body: Data?, accept: String? = nil
    ) async throws -> APIResponse {
        let sent: Data = try #require(body)
        return try await server.respond(
            .post, "/v1/collections/things/\(path)", body: sent, contentType: type,
            accept: accept)
    }

    @Test func `are stored and found, and answered in either form`() async throws {
        let server = try CollectionServer()
        try await server.fill("things", #"{"dimension": 3, "metric": "euclidean"}"#)
        let points = (0..<50).map { Point(id: .integer($0), vector: [Float($0), 1, 1]) }
        let stored = try await post(server, "points", PackedVectors.body(points: points))
        #expect(try stored.json["created"] == .number(50))
        let queries = PackedVectors.body(queries: [[7, 1, 1], [49, 1, 1]], k: 2, efSearch: 50)
        let json = try await post(server, "query", queries)
        #expect(json.headers[.contentType] == "application/json")
        let lists = try #require(try json.json["queries"]?.list)
        #expect(lists.map { $0["results"]?.list.first?["id"] } == [.number(7), .number(49)])
        let packed = try await post(server, "query", queries, accept: "\(type), application/json")
        #expect(packed.headers[.contentType] == type)
        let results = try PackedVectors.results(try #require(packed.data))
        #expect(results.map { $0.first?.id } == [7, 49])
        #expect(results.map { $0.first?.score } == [0, 0])
        #expect(results.map(\.count) == [2, 2])
        // A query in JSON can be answered packed as well.
        let mixed = try await server.respond(
            .post, "/v1/collections/things/query", body: Data(#"{"vector": [7, 1, 1]}"#.utf8), accept: type)
        #expect(try PackedVectors.results(try #require(mixed.data)).first?.first?.id == 7)
    }

    @Test func `are refused by the place of what is wrong`() async throws {
        let server = try CollectionServer()
        try await server.fill()
        for (path, body, field) in [
            ("points", PackedVectors.body(points: [Point(id: .integer(1), vector: [1])]), "points[0].vector"),
            (
                "points", PackedVectors.body(points: [Point(id: .integer(1), vector: [.nan, 1])]),
                "points[0].vector[0]"
            ),
            ("points", Data("no".utf8), "the body"), ("points", Data(), "the body"),
            ("query", PackedVectors.body(queries: [[1, 0], [0, 0]], k: 1), "queries[1].vector"),
            ("query", PackedVectors.body(queries: [[1, 0]], k: 0), "queries[0].k"),
            ("query", PackedVectors.body(points: [Point(id: .integer(1), vector: [1, 2])]), "the body"),
        ] as [(String, Data?, String)] {
            let response = try await post(server, path, body)
            #expect(try response.problem == "invalid-field", "\(response.text)")
            #expect(try response.json["field"] == .text(field))
        }
        let text = try await server.respond(
            .post, "/v1/collections/things/query", body: Data("x".utf8), contentType: "text/plain")
        #expect(try text.problem == "unsupported-type")
    }

    @Test func `cannot tell ids that are texts`() async throws {
        let server = try CollectionServer()
        try await server.fill(
            "things", #"{"dimension": 2}"#, #"[{"id": "a", "vector": [1, 0]}, {"id": 1, "vector": [0, 1]}]"#)
        let body = PackedVectors.body(queries: [[1, 0]], k: 2)
        #expect(try await post(server, "query", body).status == .ok)
        let refused = try await post(server, "query", body, accept: type)
        #expect(try refused.problem == "invalid-field")
        #expect(try refused.json["field"] == .text("Accept"))
    }
}
