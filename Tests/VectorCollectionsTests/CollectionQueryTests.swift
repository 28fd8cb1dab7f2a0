import Foundation
import JSONValue
import TestSupport
import Testing

@testable import VectorCollections

@Suite(.timeLimit(.minutes(1))) struct `Queries of a collection` {
    @Test(arguments: CollectionSettings.Metric.allCases, CollectionSettings.Format.allCases)
    func `find what exact search finds, with its scores`(
        metric: CollectionSettings.Metric, format: CollectionSettings.Format
    ) async throws {
        let fixture = try CollectionFixture()
        let collections = try await fixture.opened(metric: metric, format: format)
        var random = RandomPoints(seed: 11)
        let points = try random.points(0..<300)
        _ = try await collections.upsert(points, into: fixture.name, tenant: fixture.tenant)
        let truth = BruteForce(metric: metric, points: points)
        for _ in 0..<10 {
            let query = random.vector()
            // As wide as the collection is large, so that the search is exact.
            let answer = try await collections.query(
                [CollectionQuery(vector: query, k: 10, efSearch: 300)], of: fixture.name,
                tenant: fixture.tenant)
            let found = try #require(answer.results.first)
            let expected = truth.nearest(query, k: 10)
            #expect(answer.metric == metric)
            #expect(found.map(\.id) == expected.map(\.id))
            for (result, wanted) in zip(found, expected) {
                #expect(abs(Double(result.score) - wanted.score) < 1e-4)
            }
        }
    }

    @Test func `give payloads and vectors as they were sent, where they are asked for`() async throws {
        let fixture = try CollectionFixture()
        let collections = try await fixture.opened(dimension: 2)
        let payload = try Payload(["title": "é \"quoted\"", "tags": ["a", "b"], "n": .null])
        let point = Point(id: .integer(7), vector: [3, 4], payload: payload)
        _ = try await collections.upsert([point], into: fixture.name, tenant: fixture.tenant)
        for (parts, payload, vector) in [
            (PointParts(), nil, nil), (PointParts(payload: true), payload, nil),
            (PointParts(payload: true, vector: true), payload, [3, 4]),
        ] as [(PointParts, Payload?, [Float]?)] {
            let query = CollectionQuery(vector: [30, 40], parts: parts)
            let found = try await collections.query([query], of: fixture.name, tenant: fixture.tenant)
            let result = try #require(found.results.first?.first)
            #expect(result.id == .integer(7))
            #expect(abs(result.score - 1) < 1e-6)
            #expect(result.payload == payload)
            #expect(result.vector == vector)
        }
    }

    @Test func `leave out what scores lower than they ask for`() async throws {
        let fixture = try CollectionFixture()
        let collections = try await fixture.opened(dimension: 2, metric: .euclidean)
        let points = (0..<5).map { Point(id: .integer(UInt64($0)), vector: [Float($0), 0]) }
        _ = try await collections.upsert(points, into: fixture.name, tenant: fixture.tenant)
        let query = CollectionQuery(vector: [0, 0], scoreThreshold: -2)
        let found = try await collections.query([query], of: fixture.name, tenant: fixture.tenant)
        #expect(found.results.first?.map(\.score) == [0, -1, -2])
    }

    @Test func `are answered in their order when several come at once`() async throws {
        let fixture = try CollectionFixture()
        let collections = try await fixture.opened()
        var random = RandomPoints(seed: 5)
        let points = try random.points(0..<100)
        _ = try await collections.upsert(points, into: fixture.name, tenant: fixture.tenant)
        let queries = points.map { CollectionQuery(vector: $0.vector, k: 1) }
        let found = try await collections.query(queries, of: fixture.name, tenant: fixture.tenant)
        #expect(found.results.map { $0.first?.id } == points.map(\.id))
    }

    @Test func `find nothing in an empty collection`() async throws {
        let fixture = try CollectionFixture()
        let collections = try await fixture.opened()
        var random = RandomPoints(seed: 1)
        let query = CollectionQuery(vector: random.vector())
        let found = try await collections.query([query], of: fixture.name, tenant: fixture.tenant)
        #expect(found.results == [[]])
        #expect(try await collections.query([], of: fixture.name, tenant: fixture.tenant).results.isEmpty)
    }

    @Test func `tell texts and large integers as ids apart from small ones`() async throws {
        let fixture = try CollectionFixture()
        let collections = try await fixture.opened(dimension: 2, metric: .dot)
        let ids: [PointID] = [
            .integer(0), .integer(PointID.firstMapped - 1), .integer(PointID.firstMapped), .integer(.max),
            .name("0"), .name("n18446744073709551615"), .name("é"),
        ]
        let points = ids.enumerated().map { Point(id: $1, vector: [Float($0), 1]) }
        let report = try await collections.upsert(points, into: fixture.name, tenant: fixture.tenant)
        #expect(report == ChangeReport(created: 7))
        let found = try await collections.query(
            [CollectionQuery(vector: [1, 0])], of: fixture.name, tenant: fixture.tenant)
        #expect(found.results.first?.map(\.id) == ids.reversed())
        let again = try await collections.upsert(points, into: fixture.name, tenant: fixture.tenant)
        #expect(again == ChangeReport(replaced: 7))
        let gotten = try await collections.points(
            ids.reversed() + [.name("nobody")], of: fixture.name, tenant: fixture.tenant, parts: PointParts())
        #expect(gotten.map(\.id) == ids.reversed())
        let removed = try await collections.remove(
            [.integer(.max), .name("0"), .name("nobody")], from: fixture.name, tenant: fixture.tenant)
        #expect(removed.removed == 2)
        #expect(try await collections.count(fixture.name, tenant: fixture.tenant) == 5)
    }

    @Test func `see a point's new vector and no longer its old one`() async throws {
        let fixture = try CollectionFixture()
        let collections = try await fixture.opened(dimension: 2)
        for vector: [Float] in [[1, 0], [0, 1]] {
            _ = try await collections.upsert(
                [Point(id: .integer(1), vector: vector)], into: fixture.name, tenant: fixture.tenant)
        }
        let found = try await collections.query(
            [CollectionQuery(vector: [0, 1])], of: fixture.name, tenant: fixture.tenant)
        #expect(found.results.first?.map(\.score) == [1])
        #expect(try await collections.count(fixture.name, tenant: fixture.tenant) == 1)
    }
}
