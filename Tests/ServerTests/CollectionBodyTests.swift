import Foundation
import HTTPTypes
import Testing
import VectorCollections

@testable import Server

@Suite(.timeLimit(.minutes(1))) struct `Bodies for collections` {
    private func expect(
        _ body: String, at path: String, _ kind: String, _ field: String?,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let server = try CollectionServer()
        try await server.fill()
        let response = try await server.respond(.post, "/v1/collections/things/\(path)", body)
        let text = response.text
        #expect(try response.problem == kind, "\(body): \(text)", sourceLocation: sourceLocation)
        #expect(
            try response.json["field"]?.text == field, "\(body): \(text)", sourceLocation: sourceLocation)
    }

    @Test(arguments: [
        (#"{"points": [{"id": 1, "vector": [1, 2, 3]}]}"#, "points[0].vector"),
        (#"{"points": [{"id": 1, "vector": [0, 0]}]}"#, "points[0].vector"),
        (
            #"{"points": [{"id": 0, "vector": [1, 0]}, {"id": 1, "vector": [1, 1e39]}]}"#,
            "points[1].vector[1]"
        ),
        (#"{"points": [{"id": 1, "vector": [1, 1e999999999999]}]}"#, "points[0].vector[1]"),
        (#"{"points": [{"id": 1, "vector": [1, "2"]}]}"#, "points[0].vector[1]"),
        (#"{"points": [{"id": 1, "vector": [1, null]}]}"#, "points[0].vector[1]"),
        (#"{"points": [{"id": 1, "vector": [1, [2]]}]}"#, "points[0].vector[1]"),
        (#"{"points": [{"id": 1, "vector": "1"}]}"#, "points[0].vector"),
        (#"{"points": [{"id": 1}]}"#, "points[0].vector"),
        (#"{"points": [{"vector": [1, 0]}]}"#, "points[0].id"),
        (#"{"points": [{"id": -1, "vector": [1, 0]}]}"#, "points[0].id"),
        (#"{"points": [{"id": 1.0, "vector": [1, 0]}]}"#, "points[0].id"),
        (#"{"points": [{"id": 01, "vector": [1, 0]}]}"#, "points[0].id"),
        (#"{"points": [{"id": 1e3, "vector": [1, 0]}]}"#, "points[0].id"),
        (#"{"points": [{"id": 18446744073709551616, "vector": [1, 0]}]}"#, "points[0].id"),
        (#"{"points": [{"id": "", "vector": [1, 0]}]}"#, "points[0].id"),
        (#"{"points": [{"id": "a\u0000", "vector": [1, 0]}]}"#, "points[0].id"),
        (#"{"points": [{"id": null, "vector": [1, 0]}]}"#, "points[0].id"),
        (
            #"{"points": [{"id": 1, "vector": [1, 0]}, {"id": 2, "vector": [1, 0]}, {"id": 1, "vector": [1, 0]}]}"#,
            "points[2].id"
        ),
        (#"{"points": [{"id": 1, "vector": [1, 0], "payload": []}]}"#, "points[0].payload"),
        (#"{"points": [{"id": 1, "vector": [1, 0], "payload": 1}]}"#, "points[0].payload"),
        (#"{"points": [{"id": 1, "id": 2, "vector": [1, 0]}]}"#, "points[0].id"),
        (#"{"points": {}}"#, "points"), (#"{}"#, "points"), (#"[]"#, "the body"),
    ])
    func `of points are refused by the place of what is wrong`(body: String, field: String) async throws {
        try await expect(body, at: "points", "invalid-field", field)
    }

    @Test(arguments: [
        (#"{"vector": [1]}"#, "vector"), (#"{}"#, "vector"), (#"{"vector": null}"#, "vector"),
        (#"{"vector": [1, 0], "k": 0}"#, "k"), (#"{"vector": [1, 0], "k": 1001}"#, "k"),
        (#"{"vector": [1, 0], "k": 1.5}"#, "k"), (#"{"vector": [1, 0], "k": 1e99}"#, "k"),
        (#"{"vector": [1, 0], "k": 10, "ef_search": 9}"#, "ef_search"),
        (#"{"vector": [1, 0], "ef_search": 1000000}"#, "ef_search"),
        (#"{"vector": [1, 0], "with_payload": 1}"#, "with_payload"),
        (#"{"vector": [1, 0], "score_threshold": "1"}"#, "score_threshold"),
        (#"{"vector": [1, 0], "score_threshold": 1e300}"#, "score_threshold"),
        (#"{"vector": [1, 0], "filter": []}"#, "filter"),
        (#"{"vector": [1, 0], "filter": {"must": [{"key": 1}]}}"#, "filter.must[0].key"),
        (#"{"queries": [{"vector": [1, 0]}, {"vector": [1]}]}"#, "queries[1].vector"),
        (#"{"queries": [{"vector": [1, 0], "k": 0}]}"#, "queries[0].k"),
        (#"{"queries": [{"vector": [1, 0], "filter": {"should": 1}}]}"#, "queries[0].filter.should"),
        (#"{"queries": [], "k": 3}"#, "k"), (#"{"queries": {}}"#, "queries"),
    ])
    func `of queries are refused by the place of what is wrong`(body: String, field: String) async throws {
        try await expect(body, at: "query", "invalid-field", field)
    }

    @Test(arguments: [
        ("points", #"{"points": [], "more": 1}"#, "more"),
        ("points", #"{"points": [{"id": 1, "vektor": []}]}"#, "points[0].vektor"),
        ("query", #"{"vector": [1, 0], "top_k": 3}"#, "top_k"),
        ("query", #"{"queries": [{"queries": []}]}"#, "queries[0].queries"),
        ("points/delete", #"{"id": [1]}"#, "id"), ("points/get", #"{"names": []}"#, "names"),
        ("scroll", #"{"offset": 3}"#, "offset"), ("count", #"{"must": []}"#, "must"),
    ])
    func `of unknown fields are refused by name`(path: String, body: String, field: String) async throws {
        try await expect(body, at: path, "unknown-field", field)
    }

    @Test(arguments: [
        ("points/delete", #"{}"#, "the body"), ("points/delete", #"{"ids": [1], "filter": {}}"#, "the body"),
        ("points/delete", #"{"ids": [true]}"#, "ids[0]"), ("points/get", #"{}"#, "ids"),
        ("points/get", #"{"ids": [], "with_vector": "no"}"#, "with_vector"),
        ("scroll", #"{"limit": 0}"#, "limit"), ("scroll", #"{"after": 3}"#, "after"),
        ("scroll", #"{"after": "x"}"#, "after"), ("count", #"{"filter": 1}"#, "filter"),
    ])
    func `of the smaller operations are refused by place too`(
        path: String, body: String, field: String
    ) async throws { try await expect(body, at: path, "invalid-field", field) }

    @Test(arguments: [
        "", " ", "{", #"{"points""#, #"{"points": ["#, #"{"points": [{"id": 1, "vector": [1, NaN]}]}"#,
        #"{"points": [{"id": 1, "vector": [1, Infinity]}]}"#, #"{"points": [{"id": 1, "vector": [1, -]}]}"#,
        #"{"points": [{"id": 1, "vector": [1, 1.]}]}"#, #"{"points": [{"id": 1, "vector": [1, 1e]}]}"#,
        #"{"points": [{"id": 1, "vector": [1, 01]}]}"#, #"{"points": [{"id": 1, "vector": [1 2]}]}"#,
        #"{"points": [{"id": 1, "vector": [1, 2,]}]}"#, #"{"points": [{"id": "a"#, #"{"points": []} x"#,
        #"{"points": [{"id": "\x", "vector": [1, 0]}]}"#, "{\"points\": [{\"id\": \"a\u{1}\"}]}",
        #"{"points": [{"id": 1, "vector": [1, 0], "payload": {"a": }}]}"#, "{points: []}", "\u{0}",
    ])
    func `that are no JSON are a 400`(body: String) async throws {
        try await expect(body, at: "points", "malformed-json", nil)
    }

    @Test func `that are deep or long are refused without harm`() async throws {
        let deep = String(repeating: #"{"a":"#, count: 100_000)
        try await expect(
            #"{"points": [{"id": 1, "vector": [1, 0], "payload": \#(deep)"#, at: "points", "invalid-field",
            "points[0].payload")
        let list = String(repeating: "[", count: 100_000)
        try await expect(#"{"vector": [1, 0], "filter": \#(list)"#, at: "query", "invalid-field", "filter")
        let digits = String(repeating: "9", count: 100_000)
        try await expect(#"{"vector": [\#(digits), 0]}"#, at: "query", "invalid-field", "vector[0]")
        let many = Array(repeating: "1", count: 5_000).joined(separator: ",")
        try await expect(#"{"vector": [\#(many)]}"#, at: "query", "invalid-field", "vector")
        let points = Array(repeating: #"{"id": 1, "vector": [1, 0]}"#, count: 1_001).joined(separator: ",")
        try await expect(#"{"points": [\#(points)]}"#, at: "points", "invalid-field", "points")
    }

    @Test func `of any bytes are answered`() async throws {
        let server = try CollectionServer()
        try await server.fill()
        let sound = Array(
            #"{"points": [{"id": 1, "vector": [1, 0.5e-3], "payload": {"a": [1, "\u00e9"]}}]}"#.utf8)
        for place in sound.indices {
            for byte: UInt8 in [0, 0x22, 0x2C, 0x5B, 0x7D, 0xFF] {
                var altered = sound
                altered[place] = byte
                let response = try await server.respond(
                    .post, "/v1/collections/things/points", body: Data(altered))
                #expect([200, 400, 422].contains(response.status.code), "\(place), \(byte)")
            }
        }
    }

    @Test(
        arguments: [
            ("0", 0), ("-0", 0), ("1", 1), ("-1.5", -1.5), ("1e3", 1_000), ("1E+2", 100), ("1.25e-2", 0.0125),
            ("0.029384542256593704", 0.029384542), ("3.4028234663852886e38", 3.4028235e38),
            ("1.1754943508222875e-38", 1.1754944e-38), ("1e-45", .leastNonzeroMagnitude), ("1e-60", 0),
            ("1e-400", 0),
            ("0.000000000000000000000000000001", 1e-30), ("123456789012345678901234567890", 1.2345679e29),
            ("0.1", 0.1), ("16777217", 16_777_216), ("0.3333333333333333333333333333333333333333333", 1 / 3),
            ("0e999999999999999999999", 0),
        ] as [(String, Float)])
    func `have floats that are read as they are written`(text: String, value: Float) throws {
        var cursor = JSONCursor(Data("[\(text)]".utf8))
        #expect(try cursor.floats("vector") == [value])
    }

    /// Uniform over the bits of floats: every size there is, written by the shortest and by the double's digits.
    @Test func `have floats that come back to the last bit`() throws {
        var random = SystemRandomNumberGenerator()
        let floats = (0..<20_000).map { _ in Float(bitPattern: UInt32.random(in: 0 ... .max, using: &random))
        }
        .filter(\.isFinite)
        for write in [{ "\($0)" }, { "\(Double($0))" }] as [(Float) -> String] {
            for start in stride(from: 0, to: floats.count, by: 1_000) {
                let some = floats[start..<min(start + 1_000, floats.count)]
                var cursor = JSONCursor(
                    Data("[\(some.map(write).joined(separator: ", \n"))]".utf8))
                #expect(try cursor.floats("vector") == Array(some))
            }
        }
    }

    @Test func `have ids of all 64 bits, in both directions`() throws {
        for id in [0, 1, UInt64(Int64.max) + 1, .max] {
            var cursor = JSONCursor(Data(" \(id)".utf8))
            #expect(try cursor.pointID("id") == .integer(id))
            let answer = CollectionAnswers.answer(
                QueryAnswer(metric: .dot, results: [[ScoredPoint(id: .integer(id), score: -1.5)]]),
                isBatch: false)
            #expect(answer.text == #"{"metric":"dot","results":[{"id":\#(id),"score":-1.5}]}"#)
        }
    }

    @Test(arguments: ["a.b", "a/b", "a%2Fb", "..", "%20", "ä"])
    func `are refused for a name that is none`(name: String) async throws {
        let server = try CollectionServer()
        let response = try await server.respond(.put, "/v1/collections/\(name)", #"{"dimension": 2}"#)
        #expect(["invalid-parameter", "not-found"].contains(try response.problem ?? ""), "\(response.text)")
        #expect(try await server.respond(.get, "/v1/collections").json["collections"]?.list == [])
    }

    @Test(arguments: [
        (#"{}"#, "dimension"), (#"{"dimension": 0}"#, "dimension"), (#"{"dimension": 4097}"#, "dimension"),
        (#"{"dimension": 1.5}"#, "dimension"), (#"{"dimension": 2, "metric": "manhattan"}"#, "metric"),
        (#"{"dimension": 2, "format": "int2"}"#, "format"), (#"{"dimension": 2, "m": 1}"#, "m"),
        (#"{"dimension": 2, "ef_construction": 0}"#, "ef_construction"),
        (#"{"dimension": 2, "ef_search": 5000}"#, "ef_search"),
    ])
    func `of new collections are refused by field`(body: String, field: String) async throws {
        let server = try CollectionServer()
        let response = try await server.respond(.put, "/v1/collections/a", body)
        #expect(try response.problem == "invalid-field")
        #expect(try response.json["field"] == .text(field))
    }
}
