import Foundation
import JSONValue
import TestSupport
import Testing

@testable import VectorCollections

@Suite(.timeLimit(.minutes(1))) struct `Points of a collection` {
    @Test(arguments: [
        (CollectionSettings.Metric.cosine, [Float(1)], "points[1].vector"),
        (.cosine, [1, 2, 3], "points[1].vector"), (.cosine, [0, 0], "points[1].vector"),
        (.dot, [Float.nan, 0], "points[1].vector[0]"), (.dot, [0, Float.infinity], "points[1].vector[1]"),
        (.euclidean, [0, -Float.infinity], "points[1].vector[1]"), (.dot, [3e38, 3e38], "points[1].vector"),
        (.dot, [70_000, 0], "points[1].vector[0]"),
    ])
    func `are refused by the place of what is wrong, all together`(
        metric: CollectionSettings.Metric, vector: [Float], field: String
    ) async throws {
        let fixture = try CollectionFixture()
        let collections = try await fixture.opened(dimension: 2, metric: metric, format: .float16)
        let points = [
            Point(id: .integer(1), vector: [1, 0]), Point(id: .integer(2), vector: vector),
        ]
        let refused = await refusal {
            try await collections.upsert(points, into: fixture.name, tenant: fixture.tenant)
        }
        #expect(refused?.field == field)
        #expect(try await collections.count(fixture.name, tenant: fixture.tenant) == 0)
    }

    @Test func `of one id twice in one call are refused by both places`() async throws {
        let fixture = try CollectionFixture()
        let collections = try await fixture.opened(dimension: 1, metric: .dot)
        let points = [PointID.name("a"), .integer(1), .name("a")].map { Point(id: $0, vector: [1]) }
        await #expect(
            throws: CollectionError.invalid(field: "points[2].id", reason: "is “a”, as that of points[0] is")
        ) { try await collections.upsert(points, into: fixture.name, tenant: fixture.tenant) }
    }

    @Test(arguments: ["", "a\u{0}b", String(repeating: "é", count: 129)])
    func `have no ids that the database could not tell apart`(name: String) async throws {
        let fixture = try CollectionFixture()
        let collections = try await fixture.opened(dimension: 1, metric: .dot)
        await #expect(throws: CollectionError.self) {
            try await collections.upsert(
                [Point(id: .name(name), vector: [1])], into: fixture.name, tenant: fixture.tenant)
        }
    }

    @Test func `are two under texts that look alike and differ in their bytes`() async throws {
        let fixture = try CollectionFixture()
        let collections = try await fixture.opened(dimension: 1, metric: .dot)
        let texts = ["caf\u{e9}", "cafe\u{301}"]
        let ids = texts.map { PointID.name($0) }
        #expect(texts[0] == texts[1] && ids[0] != ids[1])
        let points = try zip(ids, texts).map { id, text in
            Point(id: id, vector: [1], payload: try Payload(["name": .string(text)]))
        }
        let report = try await collections.upsert(points, into: fixture.name, tenant: fixture.tenant)
        #expect(report == ChangeReport(created: 2))
        for (id, text) in zip(ids, texts) {
            let found = try await collections.points(
                [id], of: fixture.name, tenant: fixture.tenant, parts: PointParts())
            #expect(found.map(\.id) == [id])
            // One filter after the other, over the same points: what one admitted is not taken for the other's.
            for filter in [
                try CollectionFilter(["must": [["key": "name", "match": ["value": .string(text)]]]]),
                CollectionFilter(must: [.ids([id])]),
            ] {
                let answer = try await collections.query(
                    [CollectionQuery(vector: [1], k: 5, filter: filter)], of: fixture.name,
                    tenant: fixture.tenant)
                #expect(answer.results.first?.map(\.id) == [id])
            }
        }
        let removed = try await collections.remove([ids[1]], from: fixture.name, tenant: fixture.tenant)
        #expect(removed == ChangeReport(removed: 1))
        let page = try await collections.scroll(
            fixture.name, tenant: fixture.tenant, limit: 9, parts: PointParts())
        #expect(page.points.map(\.id) == [ids[0]])
        await #expect(throws: CollectionError.self) {
            try await collections.upsert(
                [points[1], points[1]], into: fixture.name, tenant: fixture.tenant)
        }
    }

    @Test func `stay when they were changed after their removal was decided`() async throws {
        let fixture = try CollectionFixture()
        let collections = try await fixture.opened(dimension: 1, metric: .dot)
        let ids: [PointID] = [.integer(1), .name("a"), .name("b")]
        for id in ids {
            _ = try await collections.upsert(
                [Point(id: id, vector: [1])], into: fixture.name, tenant: fixture.tenant)
        }
        // The second change wrote “a”.
        let report = try await collections.using(fixture.name, fixture.tenant) {
            collection throws(CollectionError) in
            try await collection.change(.remove(ids, unchangedSince: 2))
        }
        #expect(report == ChangeReport(removed: 2))
        let page = try await collections.scroll(
            fixture.name, tenant: fixture.tenant, limit: 9, parts: PointParts())
        #expect(page.points.map(\.id) == [.name("b")])
    }

    @Test func `are found by a text that begins with a combining mark`() async throws {
        let fixture = try CollectionFixture()
        let collections = try await fixture.opened(dimension: 1, metric: .dot)
        let id = PointID.name("\u{301}a")
        _ = try await collections.upsert(
            [Point(id: id, vector: [1])], into: fixture.name, tenant: fixture.tenant)
        let answer = try await collections.query(
            [CollectionQuery(vector: [1], k: 5)], of: fixture.name, tenant: fixture.tenant)
        #expect(answer.results.first?.map(\.id) == [id])
    }

    @Test func `are gone through page by page, each once, in one order`() async throws {
        let fixture = try CollectionFixture()
        let collections = try await fixture.opened(dimension: 2)
        let ids: [PointID] =
            [UInt64(0), 1, 5, 9, PointID.firstMapped - 1].map { .integer($0) }
            + ["z", "a", "m"].map { .name($0) } + [.integer(.max)]
        let points = ids.map { Point(id: $0, vector: [1, 1]) }
        _ = try await collections.upsert(points, into: fixture.name, tenant: fixture.tenant)
        for limit in [1, 2, 4, 5, 9, 10] {
            var (found, after, pages): ([PointID], UInt64?, Int) = ([], nil, 0)
            repeat {
                let page = try await collections.scroll(
                    fixture.name, tenant: fixture.tenant, after: after, limit: limit,
                    parts: PointParts(vector: true))
                found += page.points.map(\.id)
                #expect(page.points.allSatisfy { $0.vector == [1, 1] && $0.payload == nil })
                after = page.next
                pages += 1
            } while after != nil && pages < 20
            #expect(found == ids, "\(limit) a page")
        }
    }

    @Test func `are removed by a filter, however many they are`() async throws {
        let fixture = try CollectionFixture()
        let collections = try await fixture.opened()
        var random = RandomPoints(seed: 2)
        _ = try await collections.upsert(
            try random.points(0..<300), into: fixture.name, tenant: fixture.tenant)
        let filter = CollectionFilter(must: [.field(["color"], .anyOf([.text("red")]))])
        let report = try await collections.remove(
            matching: filter, from: fixture.name, tenant: fixture.tenant)
        #expect(report.removed == 100)
        #expect(try await collections.count(fixture.name, tenant: fixture.tenant) == 200)
        #expect(try await collections.count(fixture.name, tenant: fixture.tenant, filter: filter) == 0)
        // In rounds, of which the last has as many as the others.
        let all = try await collections.remove(
            matching: CollectionFilter(), from: fixture.name, tenant: fixture.tenant, atOnce: 50)
        #expect(all.removed == 200)
        let found = try await collections.query(
            [CollectionQuery(vector: random.vector())], of: fixture.name, tenant: fixture.tenant)
        #expect(found.results == [[]])
    }

    @Test func `carry payloads that are objects within limits`() throws {
        var deep: JSONValue = ["a": 1]
        for _ in 1..<CollectionLimits.payloadDepth { deep = ["a": deep] }
        _ = try Payload(deep)
        #expect(throws: CollectionError.self) { try Payload(["a": deep]) }
        let most = String(repeating: "x", count: CollectionLimits.payloadBytes - 8)
        #expect(try Payload(["a": .string(most)]).text.utf8.count == CollectionLimits.payloadBytes)
        #expect(throws: CollectionError.self) { try Payload(["a": .string(most + "x")]) }
        for other: JSONValue in [.null, 1, "a", [1]] {
            #expect(throws: CollectionError.self) { try Payload(other) }
        }
        #expect(try Payload(["b": 1, "a": .null]).text == #"{"a":null,"b":1}"#)
    }

    @Test func `are not asked for beyond limits`() async throws {
        let fixture = try CollectionFixture()
        let collections = try await fixture.opened(dimension: 4_096)
        let ids = (0..<1_000).map { PointID.integer($0) }
        await #expect(throws: CollectionError.self) {
            try await collections.points(
                ids, of: fixture.name, tenant: fixture.tenant, parts: PointParts(vector: true))
        }
        let none = try await collections.points(
            ids, of: fixture.name, tenant: fixture.tenant, parts: PointParts(payload: true))
        #expect(none.isEmpty)
        let vector = [Float](repeating: 1, count: 4_096)
        for query in [
            CollectionQuery(vector: vector, k: 0), CollectionQuery(vector: vector, k: 1_001),
            CollectionQuery(vector: vector, k: 10, efSearch: 9),
            CollectionQuery(vector: vector, efSearch: 5_000), CollectionQuery(vector: [1]),
            CollectionQuery(vector: vector, scoreThreshold: .nan),
        ] {
            await #expect(throws: CollectionError.self) {
                try await collections.query([query], of: fixture.name, tenant: fixture.tenant)
            }
        }
    }
}
