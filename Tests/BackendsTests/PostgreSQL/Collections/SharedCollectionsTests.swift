import Backends
import Foundation
import JSONValue
import TestSupport
import Testing

@testable import VectorCollections

@Suite(.timeLimit(.minutes(5))) struct `Collections that two processes share` {
    private let shared: SharedCollections
    private let one: VectorCollections
    private let other: VectorCollections

    init() throws {
        shared = try SharedCollections()
        one = try shared.open("one")
        other = try shared.open("other")
    }

    @Test func `are there for the other as soon as one has made them, with their points`() async throws {
        try await shared.make(one)
        _ = try await shared.put([try SharedCollections.point(1, 5, ["a": 1])], one)
        #expect(try await other.list(tenant: shared.tenant).map(\.name) == [shared.name])
        #expect(try await other.info(shared.name, tenant: shared.tenant).points == 1)
        let found = try await shared.all(other)
        #expect(found.map(\.id) == [.integer(1)])
        #expect(found.first?.vector == [5, 1, 2, 3] && found.first?.payload?.text == #"{"a":1}"#)
        let none = await collectionRefusal { try await other.info("others", tenant: shared.tenant) }
        #expect(none?.isNotThere == true)
        #expect(try await other.list(tenant: "another").isEmpty)
    }

    @Test func `have what is written on either side, in its one order`() async throws {
        try await shared.make(one)
        var report = try await shared.put(
            [try SharedCollections.point(1), try SharedCollections.point(2)], one)
        #expect(report == ChangeReport(created: 2))
        // Not levelled: the journal knows what is there.
        report = try await shared.put(
            [try SharedCollections.point(2, 7), try SharedCollections.point(3)], other)
        #expect(report == ChangeReport(created: 1, replaced: 1))
        report = try await one.remove([.integer(1), .integer(9)], from: shared.name, tenant: shared.tenant)
        #expect(report == ChangeReport(removed: 1))
        try await shared.level(other)
        for side in [one, other] {
            #expect(try await shared.all(side).map(\.id) == [.integer(2), .integer(3)])
            let answer = try await side.query(
                [CollectionQuery(vector: [7, 1, 2, 3], k: 5)], of: shared.name, tenant: shared.tenant)
            #expect(answer.results.first?.map(\.id) == [.integer(2), .integer(3)])
            #expect(try await side.info(shared.name, tenant: shared.tenant).points == 2)
        }
        #expect(try await shared.places(one) == shared.places(other))
    }

    @Test func `answer alike whatever was done on which side`() async throws {
        try await shared.make(one)
        _ = try await other.list(tenant: shared.tenant)
        var random = SeededGenerator(seed: 7)
        // Ids of every kind: small integers, texts, and integers that have no place of their own.
        let ids = (0..<30).map { number -> PointID in
            switch number % 3 {
            case 0: .integer(UInt64(number))
            case 1: .name("p\(number)")
            default: .integer(UInt64.max - UInt64(number))
            }
        }
        var expected: [PointID: [Float]] = [:]
        for round in 0..<120 {
            let side = Bool.random(using: &random) ? one : other
            let chosen = Array(ids.shuffled(using: &random).prefix(Int.random(in: 1...6, using: &random)))
            if round % 4 == 3 {
                let there = chosen.count { expected.removeValue(forKey: $0) != nil }
                let report = try await side.remove(chosen, from: shared.name, tenant: shared.tenant)
                #expect(report.removed == there, "round \(round)")
            } else {
                let points = chosen.map { id in
                    Point(id: id, vector: (0..<4).map { _ in Float.random(in: -1...1, using: &random) })
                }
                let created = points.count { expected.updateValue($0.vector, forKey: $0.id) == nil }
                let report = try await shared.put(points, side)
                #expect(report == ChangeReport(created: created, replaced: points.count - created))
            }
        }
        for side in [one, other] {
            try await shared.level(side)
            let found = Dictionary(
                uniqueKeysWithValues: try await shared.all(side).map { ($0.id, $0.vector) })
            #expect(found == expected.mapValues { Optional($0) })
        }
        // The order of pages is the same, so that a page of one side may follow one of the other.
        #expect(try await shared.places(one) == shared.places(other))
        let third = try shared.open("third")
        #expect(try await shared.all(third) == shared.all(one))
        #expect(try await shared.places(third) == shared.places(one))
        let queries = (0..<10).map { _ in
            CollectionQuery(vector: (0..<4).map { _ in Float.random(in: -1...1, using: &random) }, k: 30)
        }
        let answers = try await one.query(queries, of: shared.name, tenant: shared.tenant)
        for side in [other, third] {
            let same = try await side.query(queries, of: shared.name, tenant: shared.tenant)
            #expect(same.results == answers.results)
        }
    }

    @Test func `lose nothing that is written on both sides at once`() async throws {
        try await shared.make(one)
        _ = try await other.list(tenant: shared.tenant)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (place, side) in [one, other].enumerated() {
                for writer in 0..<4 {
                    group.addTask { [shared] in
                        for step in 0..<25 {
                            let id = UInt64(1_000 * (4 * place + writer) + step)
                            let own = try SharedCollections.point(id, Float(step))
                            let common = Point(
                                id: .name("common"), vector: [Float(place), Float(writer), Float(step), 0])
                            let report = try await shared.put([own, common], side)
                            #expect(report.created + report.replaced == 2)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        try await shared.level(one)
        try await shared.level(other)
        let found = try await shared.all(one)
        #expect(found.count == 201)
        #expect(try await shared.all(other) == found)
        #expect(try await shared.places(one) == shared.places(other))
        // Two hundred changes, none of which has the number of another.
        #expect(try await shared.places(one).sequence == 200)
    }

    @Test func `refuse a wrong vector on each side, and nothing is stored`() async throws {
        try await shared.make(one)
        let wrong = Point(id: .integer(1), vector: [1, 2])
        for side in [one, other] {
            let refused = await collectionRefusal { try await shared.put([wrong], side) }
            guard case .invalid(field: "points[0].vector", _)? = refused else {
                Issue.record("\(String(describing: refused))")
                continue
            }
        }
        #expect(try await one.count(shared.name, tenant: shared.tenant) == 0)
    }

    @Test func `are others when a name is made again`() async throws {
        try await shared.make(one)
        _ = try await shared.put([try SharedCollections.point(1)], one)
        #expect(try await shared.all(other).count == 1)
        try await one.delete(shared.name, tenant: shared.tenant)
        try await shared.make(one, dimension: 2)
        // The other has the old one still, and is told with its first write.
        let report = try await shared.put([Point(id: .integer(1), vector: [1, 2])], other)
        #expect(report == ChangeReport(created: 1))
        let refused = await collectionRefusal {
            try await shared.put([try SharedCollections.point(2)], other)
        }
        #expect(refused != nil && refused?.isNotThere == false)
        for side in [one, other] {
            try await shared.level(side)
            #expect(try await shared.all(side).map(\.vector) == [[1, 2]])
        }
        #expect(try shared.copies("one").count == 1)
        #expect(try shared.copies("other").count == 1)
    }

    @Test func `are gone everywhere when one deletes them, with their copies and rows`() async throws {
        try await shared.make(one)
        _ = try await shared.put([try SharedCollections.point(1)], one)
        #expect(try await shared.all(other).count == 1)
        try await other.delete(shared.name, tenant: shared.tenant)
        let late = await collectionRefusal { try await shared.put([try SharedCollections.point(2)], one) }
        #expect(late?.isNotThere == true)
        let again = await collectionRefusal { try await one.delete(shared.name, tenant: shared.tenant) }
        #expect(again?.isNotThere == true)
        #expect(try shared.copies("one").isEmpty)
        #expect(try shared.copies("other").isEmpty)
        let pool = shared.pool()
        while try await pool.transaction(
            .snapshot,
            { try $0.query("SELECT 1 FROM collection UNION ALL SELECT 1 FROM collection_point").count }) > 0
        {
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    @Test func `are made once however many make them, and only with the same settings`() async throws {
        let made = try await withThrowingTaskGroup(of: Bool.self) { group in
            for place in 0..<8 {
                let side = place % 2 == 0 ? one : other
                group.addTask { [shared] in
                    try await side.create(
                        shared.name, CollectionSettings(dimension: 3), tenant: shared.tenant
                    ).isNew
                }
            }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(made == 1)
        let refused = await collectionRefusal {
            try await other.create(shared.name, CollectionSettings(dimension: 4), tenant: shared.tenant)
        }
        guard case .otherSettings? = refused else {
            Issue.record("\(String(describing: refused))")
            return
        }
        #expect(try await other.list(tenant: shared.tenant).count == 1)
    }

    @Test func `have their limits together`() async throws {
        let (limits, first) = (
            CollectionLimits(collectionsPerTenant: 2, vectors: 3), try SharedCollections()
        )
        let (one, other) = (try first.open("one", limits), try first.open("other", limits))
        try await first.make(one)
        let settings = CollectionSettings(dimension: 4)
        _ = try await other.create("second", settings, tenant: first.tenant)
        let third = await collectionRefusal {
            try await one.create("third", settings, tenant: first.tenant)
        }
        #expect(third == .tooManyCollections(limit: 2))
        _ = try await first.put([try SharedCollections.point(1), try SharedCollections.point(2)], one)
        _ = try await other.list(tenant: first.tenant)
        let refused = await collectionRefusal {
            try await first.put(
                [
                    try SharedCollections.point(2), try SharedCollections.point(3),
                    try SharedCollections.point(4),
                ], other)
        }
        #expect(refused == .tooManyVectors(limit: 3))
        #expect(try await first.put([try SharedCollections.point(3)], other) == ChangeReport(created: 1))
    }

    @Test func `lose by a filter what it admits when it is asked, wherever that was written`() async throws {
        try await shared.make(one)
        _ = try await shared.put(
            try (1...10).map { try SharedCollections.point($0, 0, ["color": $0 % 2 == 0 ? "red" : "blue"]) },
            one)
        #expect(try await shared.all(other).count == 10)
        // Unseen by the other side: one more that it admits, and one that it does not admit any more.
        _ = try await shared.put(
            [
                try SharedCollections.point(2, 0, ["color": "blue"]),
                try SharedCollections.point(11, 0, ["color": "red"]),
            ], one)
        let filter = try CollectionFilter(["must": [["key": "color", "match": ["value": "red"]]]])
        let report = try await other.remove(matching: filter, from: shared.name, tenant: shared.tenant)
        #expect(report == ChangeReport(removed: 5))
        try await shared.level(one)
        for side in [one, other] {
            #expect(
                try await shared.all(side).map(\.id)
                    == [1, 2, 3, 5, 7, 9].map { PointID.integer($0) })
        }
    }

    @Test func `are put back from a snapshot as a whole, under a name that is free for both`() async throws {
        try await shared.make(one)
        _ = try await shared.put(
            try (1...40).map { try SharedCollections.point($0, Float($0)) }
                + [Point(id: .name("text"), vector: [9, 9, 9, 9])], one)
        let copy = try await other.snapshot(of: shared.name, tenant: shared.tenant)
        let bytes = try Data(contentsOf: copy.url)
        let taken = await collectionRefusal {
            try await other.restore(
                try await other.upload(AsyncStream([bytes])), as: shared.name, tenant: shared.tenant)
        }
        #expect(taken == .nameTaken(name: shared.name))
        let upload = try await one.upload(AsyncStream([bytes]))
        let info = try await one.restore(upload, as: "again", tenant: shared.tenant)
        #expect(info.points == 41)
        for side in [one, other] {
            #expect(try await side.count("again", tenant: shared.tenant) == 41)
            _ = try await side.upsert(
                [Point(id: .name("text"), vector: [8, 8, 8, 8])], into: "again", tenant: shared.tenant)
            let found = try await side.points(
                [.integer(40), .name("text")], of: "again", tenant: shared.tenant,
                parts: PointParts(vector: true))
            #expect(found.map(\.vector) == [[40, 1, 2, 3], [8, 8, 8, 8]])
        }
    }

    @Test(arguments: [PostgresServer.Version.distribution, .v16])
    func `are shared over older servers as well`(version: PostgresServer.Version) async throws {
        let shared = try SharedCollections(PostgresServer.shared(version))
        let alone = try VectorCollections.open(at: shared.folder("alone"))
        try await shared.make(alone)
        _ = try await shared.put(try (1...20).map { try SharedCollections.point($0, 0, ["n": 1]) }, alone)
        let journal = shared.journal()
        #expect(try await alone.give(to: journal, named: "here").map(\.outcome) == [.moved(points: 20)])
        let (one, other) = (try shared.open("one"), try shared.open("other"))
        let report = try await shared.put(
            [try SharedCollections.point(1, 9), Point(id: .name("text"), vector: [1, 1, 1, 1])], one)
        #expect(report == ChangeReport(created: 1, replaced: 1))
        let filter = try CollectionFilter(["must": [["key": "n", "match": ["value": 1]]]])
        let removed = try await other.remove(matching: filter, from: shared.name, tenant: shared.tenant)
        #expect(removed == ChangeReport(removed: 19))
        try await shared.level(one)
        for side in [one, other] {
            #expect(try await shared.all(side).map(\.id) == [.integer(1), .name("text")])
        }
        try await one.delete(shared.name, tenant: shared.tenant)
        #expect(try await other.list(tenant: shared.tenant).isEmpty)
    }

    @Test func `are followed by whoever has them open, in the background`() async throws {
        try await shared.make(one)
        let follower = Task { [other] in await other.follow(pause: .milliseconds(50)) }
        defer { follower.cancel() }
        // The copy is made before anybody asks for it.
        while try shared.copies("other").isEmpty { try await Task.sleep(for: .milliseconds(20)) }
        _ = try await shared.put([try SharedCollections.point(1)], one)
        while try await other.count(shared.name, tenant: shared.tenant) == 0 {
            try await Task.sleep(for: .milliseconds(20))
        }
        try await one.delete(shared.name, tenant: shared.tenant)
        while try !shared.copies("other").isEmpty { try await Task.sleep(for: .milliseconds(20)) }
    }
}

extension AsyncStream where Element == Data {
    fileprivate init(_ pieces: [Data]) {
        self.init { continuation in
            for piece in pieces { continuation.yield(piece) }
            continuation.finish()
        }
    }
}
