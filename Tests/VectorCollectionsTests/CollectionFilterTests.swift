import Foundation
import JSONValue
import TestSupport
import Testing

@testable import VectorCollections

@Suite(.timeLimit(.minutes(1))) struct `Filters of a collection` {
    /// Which of six points a filter admits, by counting, by scrolling and by a query alike.
    private func admitted(_ filter: String) async throws -> [UInt64] {
        let payloads = [
            #"{"color": "red", "size": 1, "at": "2026-01-01", "in": {"stock": true}}"#,
            #"{"color": "green", "size": 2.5, "at": "2026-02-01", "in": {"stock": false}}"#,
            #"{"color": ["red", "blue"], "size": [1, 7], "in": {"stock": 1}}"#,
            #"{"color": null, "size": "1", "in": {"stock": "true"}}"#,
            #"{"color": {"red": "red"}, "size": 3, "é'; DROP": 1}"#,
            #"{}"#,
        ]
        let fixture = try CollectionFixture()
        let collections = try await fixture.opened(dimension: 2)
        let points = try payloads.enumerated().map { position, text in
            Point(
                id: .integer(UInt64(position)), vector: [1, Float(position)],
                payload: try Payload(try JSONValue(parsing: text)))
        }
        _ = try await collections.upsert(points, into: fixture.name, tenant: fixture.tenant)
        let read = try CollectionFilter(try JSONValue(parsing: filter))
        let page = try await collections.scroll(
            fixture.name, tenant: fixture.tenant, limit: 10, filter: read, parts: PointParts())
        let ids = page.points.map(\.id)
        let count = try await collections.count(fixture.name, tenant: fixture.tenant, filter: read)
        #expect(count == ids.count)
        // Twice: the second time the set is known already.
        for _ in 0..<2 {
            let found = try await collections.query(
                [CollectionQuery(vector: [1, 0], filter: read)], of: fixture.name, tenant: fixture.tenant)
            #expect(found.results.first.map { Set($0.map(\.id)) } == Set(ids))
        }
        return ids.compactMap { if case .integer(let id) = $0 { id } else { nil } }
    }

    @Test(arguments: [
        (#"{}"#, [0, 1, 2, 3, 4, 5]),
        (#"{"must": [{"key": "color", "match": {"value": "red"}}]}"#, [0, 2]),
        (#"{"must": [{"key": "color", "match": {"any": ["green", "blue"]}}]}"#, [1, 2]),
        (#"{"must_not": [{"key": "color", "match": {"value": "red"}}]}"#, [1, 3, 4, 5]),
        (#"{"must": [{"key": "size", "match": {"value": 1}}]}"#, [0, 2]),
        (#"{"must": [{"key": "size", "match": {"value": 1.0}}]}"#, [0, 2]),
        (#"{"must": [{"key": "size", "match": {"value": "1"}}]}"#, [3]),
        (#"{"must": [{"key": "in.stock", "match": {"value": true}}]}"#, [0]),
        (#"{"must": [{"key": "in.stock", "match": {"any": [false, 1, "true"]}}]}"#, [1, 2, 3]),
        (#"{"must": [{"key": "size", "range": {"gte": 1, "lt": 3}}]}"#, [0, 1, 2]),
        (#"{"must": [{"key": "size", "range": {"gt": 2, "lte": 3}}]}"#, [1, 4]),
        (#"{"must": [{"key": "at", "range": {"gt": "2026-01-15"}}]}"#, [1]),
        (#"{"must": [{"key": "color", "exists": true}]}"#, [0, 1, 2, 3, 4]),
        (#"{"must": [{"key": "color", "exists": false}]}"#, [5]),
        (#"{"must": [{"key": "color", "is_null": true}]}"#, [3]),
        (#"{"must": [{"key": "color", "is_null": false}]}"#, [0, 1, 2, 4, 5]),
        (#"{"must": [{"key": "color.red", "match": {"value": "red"}}]}"#, [4]),
        (#"{"must": [{"key": "é'; DROP", "match": {"value": 1}}]}"#, [4]),
        (#"{"must": [{"key": "color", "match": {"value": "' OR 1=1 --"}}]}"#, []),
        (#"{"must": [{"has_id": [5, 1, 99, "1"]}]}"#, [1, 5]),
        (
            #"{"should": [{"key": "size", "match": {"value": 3}}, {"key": "color", "match": {"value": "green"}}]}"#,
            [1, 4]
        ),
        (
            #"{"must": [{"should": [{"has_id": [0, 1]}, {"has_id": [2]}]}, {"key": "size", "range": {"lte": 1}}]}"#,
            [0, 2]
        ),
        (
            #"{"must": [{"key": "color", "match": {"value": "red"}}], "must_not": [{"has_id": [0]}], "should": []}"#,
            [2]
        ),
    ])
    func `admit exactly the points that they describe`(filter: String, ids: [UInt64]) async throws {
        #expect(try await admitted(filter) == ids, "\(filter)")
    }

    @Test(arguments: [
        (#"[]"#, "filter"), (#"{"most": []}"#, "filter.most"), (#"{"must": {}}"#, "filter.must"),
        (#"{"must": [1]}"#, "filter.must[0]"),
        (#"{"must": [{"key": "a"}]}"#, "filter.must[0]"),
        (#"{"must": [{"key": "a", "exists": 1}]}"#, "filter.must[0].exists"),
        (#"{"must": [{"key": "a..b", "exists": true}]}"#, "filter.must[0].key"),
        (#"{"must": [{"key": "a\"b", "exists": true}]}"#, "filter.must[0].key"),
        (#"{"must": [{"key": "a", "match": {"value": null}}]}"#, "filter.must[0].match.value"),
        (#"{"must": [{"key": "a", "match": {"value": "\u0000"}}]}"#, "filter.must[0].match.value"),
        (#"{"must": [{"key": "a", "match": {"any": []}}]}"#, "filter.must[0].match.any"),
        (#"{"must": [{"key": "a", "range": {}}]}"#, "filter.must[0].range"),
        (#"{"must": [{"key": "a", "range": {"gt": 1, "lt": "b"}}]}"#, "filter.must[0].range"),
        (#"{"must": [{"key": "a", "range": {"gt": true}}]}"#, "filter.must[0].range"),
        (#"{"should": [{"must_not": [{"has_id": [-1]}]}]}"#, "filter.should[0].must_not[0].has_id[0]"),
        (#"{"must": [{"has_id": [1], "key": "a"}]}"#, "filter.must[0].key"),
    ])
    func `are refused by the place of what is wrong`(filter: String, field: String) async throws {
        let json = try JSONValue(parsing: filter)
        #expect(await refusal { try CollectionFilter(json) }?.field == field)
    }

    @Test func `within each other and of many conditions end at limits`() throws {
        var nested: JSONValue = ["must": []]
        for _ in 0..<20 { nested = ["must": [nested]] }
        #expect(throws: CollectionError.self) { try CollectionFilter(nested) }
        let condition: JSONValue = ["key": "a", "exists": true]
        let many = Array(repeating: condition, count: CollectionFilter.conditionLimit)
        _ = try CollectionFilter(["must": .array(many)])
        #expect(throws: CollectionError.self) {
            try CollectionFilter(["must": .array(many), "should": [condition]])
        }
    }

    @Test func `of the most conditions and values that there may be are carried out`() async throws {
        let fixture = try CollectionFixture()
        let collections = try await fixture.opened(dimension: 2)
        _ = try await collections.upsert(
            [Point(id: .integer(1), vector: [1, 0], payload: try Payload(["a": 3]))], into: fixture.name,
            tenant: fixture.tenant)
        let each = CollectionFilter.valueLimit / CollectionFilter.conditionLimit
        let values = (0..<each).map { CollectionFilter.Scalar.integer($0) }
        let conditions = Array(
            repeating: CollectionFilter.Condition.field(["a"], .anyOf(values)),
            count: CollectionFilter.conditionLimit)
        for filter in [
            CollectionFilter(must: conditions), CollectionFilter(should: conditions),
            CollectionFilter(must: [.ids((0..<UInt64(CollectionFilter.valueLimit)).map { .integer($0) })]),
        ] {
            #expect(try await collections.count(fixture.name, tenant: fixture.tenant, filter: filter) == 1)
        }
    }

    @Test(arguments: [UInt64(3), 4])
    func `inside a search find what exact search finds among the admitted`(seed: UInt64) async throws {
        let fixture = try CollectionFixture()
        let collections = try await fixture.opened(format: .int8)
        var random = RandomPoints(seed: seed)
        let points = try random.points(0..<500)
        _ = try await collections.upsert(points, into: fixture.name, tenant: fixture.tenant)
        let filter = CollectionFilter(
            must: [.field(["color"], .anyOf([.text("red")]))],
            mustNot: [.field(["size"], .range(.init(above: .integer(6))))])
        let admitted = points.filter { point in
            guard case .integer(let id) = point.id else { return false }
            return id % 3 == 0 && id % 10 <= 6
        }
        let truth = BruteForce(metric: .cosine, points: admitted)
        for _ in 0..<10 {
            let query = random.vector()
            let found = try await collections.query(
                [CollectionQuery(vector: query, k: 20, efSearch: 500, filter: filter)], of: fixture.name,
                tenant: fixture.tenant)
            #expect(found.results.first?.map(\.id) == truth.nearest(query, k: 20).map(\.id))
        }
    }

    @Test func `see every change that was made before them`() async throws {
        let fixture = try CollectionFixture()
        let collections = try await fixture.opened(dimension: 2)
        let filter = CollectionFilter(must: [.field(["live"], .anyOf([.flag(true)]))])
        let query = CollectionQuery(vector: [1, 1], filter: filter)
        for isLive in [true, false, true] {
            let point = Point(
                id: .integer(1), vector: [1, 1], payload: try Payload(["live": .bool(isLive)]))
            _ = try await collections.upsert([point], into: fixture.name, tenant: fixture.tenant)
            let found = try await collections.query([query], of: fixture.name, tenant: fixture.tenant)
            #expect(found.results.first?.count == (isLive ? 1 : 0))
        }
    }
}
