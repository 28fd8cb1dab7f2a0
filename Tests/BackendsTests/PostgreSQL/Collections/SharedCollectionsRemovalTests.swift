import Backends
import Foundation
import JSONValue
import Synchronization
import TestSupport
import Testing

@testable import VectorCollections

@Suite(.timeLimit(.minutes(5))) struct `Shared collections that lose points by a filter` {
    private let shared: SharedCollections
    private let filter: CollectionFilter

    init() throws {
        shared = try SharedCollections()
        filter = try CollectionFilter(["must": [["key": "color", "match": ["value": "red"]]]])
    }

    private func red(_ id: UInt64, _ first: Float = 0) throws -> Point {
        try SharedCollections.point(id, first, ["color": "red"])
    }

    /// A process that shares the collections, and in whose way another one writes each time before it removes.
    private func crossed(
        _ process: String, by write: @escaping @Sendable (_ round: Int) async throws -> Void
    ) throws -> VectorCollections {
        let rounds = Mutex(0)
        let journal = JournalProxy(
            shared.journal(),
            beforeAppend: { changes in
                let isRemoval = changes.contains { if case .remove = $0 { true } else { false } }
                guard isRemoval else { return }
                let round = rounds.withLock { rounds in
                    defer { rounds += 1 }
                    return rounds
                }
                try await write(round)
            })
        return try VectorCollections.open(at: shared.folder(process), journal: journal)
    }

    @Test func `lose all that was there before, and nothing that was stored meanwhile`() async throws {
        let other = try shared.open("other")
        let one = try crossed("one") { [shared] round in
            // One that is new, and two in the place of those that are to go.
            let points = try [
                red(100_000 + UInt64(round)), red(7, Float(round + 1)), red(1, Float(round + 1)),
            ]
            _ = try await other.upsert(points, into: shared.name, tenant: shared.tenant)
        }
        try await shared.make(one)
        let count = 250
        _ = try await shared.put(try (0..<count).map { try red(UInt64($0)) }, other)
        _ = try await shared.put([try SharedCollections.point(200_000, 0, ["color": "blue"])], other)
        let report = try await one.remove(
            matching: filter, from: shared.name, tenant: shared.tenant, atOnce: 100)
        // Those with the ids 1 and 7 were written before their round.
        #expect(report == ChangeReport(removed: count - 2))
        try await shared.level(other)
        for side in [one, other] {
            let ids = try await shared.all(side).map(\.id)
            #expect(ids == [1, 7, 100_000, 100_001, 100_002, 200_000].map { PointID.integer($0) })
        }
        #expect(try await shared.places(one) == shared.places(other))
    }

    @Test func `come to an end though others store what they admit before each round`() async throws {
        let other = try shared.open("other")
        let rounds = Mutex(0)
        let one = try crossed("one") { [shared] round in
            rounds.withLock { $0 = round + 1 }
            let points = try (0..<50).map { try red(UInt64(1_000 * (round + 1) + $0)) }
            _ = try await other.upsert(points, into: shared.name, tenant: shared.tenant)
        }
        try await shared.make(one)
        _ = try await shared.put(try (0..<20).map { try red($0) }, other)
        let report = try await one.remove(matching: filter, from: shared.name, tenant: shared.tenant)
        #expect(report == ChangeReport(removed: 20))
        #expect(rounds.withLock { $0 } == 1)
        #expect(try await one.count(shared.name, tenant: shared.tenant, filter: filter) == 50)
    }

    @Test func `say so when the database goes away, and have lost nothing`() async throws {
        let server = try PostgresServer(.v18)
        let shared = try SharedCollections(server)
        let one = try shared.open("one", patience: .milliseconds(300))
        try await shared.make(one)
        _ = try await shared.put([try red(1)], one)
        server.kill()
        let refused = await collectionRefusal {
            try await one.remove(matching: filter, from: shared.name, tenant: shared.tenant)
        }
        #expect(refused?.isUnavailable == true, "\(String(describing: refused))")
        server.start()
        #expect(
            try await one.remove(matching: filter, from: shared.name, tenant: shared.tenant)
                == ChangeReport(removed: 1))
    }

    @Test func `have two points under ids that look alike and differ in their bytes`() async throws {
        let (one, other) = (try shared.open("one"), try shared.open("other"))
        try await shared.make(one)
        let (composed, decomposed) = (PointID.name("caf\u{e9}"), PointID.name("cafe\u{301}"))
        let report = try await shared.put(
            [Point(id: composed, vector: [1, 0, 0, 0]), Point(id: decomposed, vector: [2, 0, 0, 0])], one)
        #expect(report == ChangeReport(created: 2))
        let again = try await shared.put([Point(id: decomposed, vector: [3, 0, 0, 0])], other)
        #expect(again == ChangeReport(replaced: 1))
        for side in [one, other] {
            try await shared.level(side)
            let found = try await side.points(
                [composed, decomposed], of: shared.name, tenant: shared.tenant,
                parts: PointParts(vector: true))
            #expect(found.map(\.id) == [composed, decomposed])
            #expect(found.map(\.vector) == [[1, 0, 0, 0], [3, 0, 0, 0]])
        }
        let removed = try await other.remove([composed], from: shared.name, tenant: shared.tenant)
        #expect(removed == ChangeReport(removed: 1))
        try await shared.level(one)
        for side in [one, other] { #expect(try await shared.all(side).map(\.id) == [decomposed]) }
        #expect(try await shared.places(one) == shared.places(other))
    }
}
