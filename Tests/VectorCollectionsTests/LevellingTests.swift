import Foundation
import TestSupport
import Testing
import VectorIndex

@testable import VectorCollections

@Suite(.timeLimit(.minutes(1))) struct `A collection that is opened again` {
    /// What is stored: 600 points of which some were replaced and some removed.
    private func fill(
        _ collections: VectorCollections, _ fixture: CollectionFixture
    ) async throws -> [UInt64: [Float]] {
        var random = RandomPoints(seed: 21)
        var expected: [UInt64: [Float]] = [:]
        for range in [0..<UInt64(400), 200..<600] {
            let points = try random.points(range)
            _ = try await collections.upsert(points, into: fixture.name, tenant: fixture.tenant)
            for (id, point) in zip(range, points) { expected[id] = point.vector }
        }
        let gone = Array(stride(from: UInt64(0), to: 600, by: 7))
        let report = try await collections.remove(
            gone.map { .integer($0) }, from: fixture.name, tenant: fixture.tenant)
        #expect(report.removed == gone.count)
        for id in gone { expected[id] = nil }
        return expected
    }

    /// Database and index both hold exactly what is expected.
    private func expectLevel(
        _ collections: VectorCollections, _ fixture: CollectionFixture, _ expected: [UInt64: [Float]]
    ) async throws {
        let collection = try await collections.lease(
            CollectionKey(tenant: fixture.tenant, name: fixture.name))
        defer { collection.release() }
        #expect(Set(try collection.index().ids()) == Set(expected.keys))
        #expect(try collection.database.read { try $0.pointCount() } == expected.count)
        #expect(collection.count == expected.count)
        for id in expected.keys.sorted().prefix(40) {
            let vector = try #require(expected[id])
            let found = try await collections.query(
                [CollectionQuery(vector: vector, k: 1)], of: fixture.name, tenant: fixture.tenant)
            #expect(found.results.first?.first?.id == .integer(id))
        }
    }

    @Test func `is as it was closed`() async throws {
        let fixture = try CollectionFixture()
        let collections = try await fixture.opened()
        let expected = try await fill(collections, fixture)
        await collections.close()
        let again = try fixture.open()
        #expect(try await again.info(fixture.name, tenant: fixture.tenant).points == expected.count)
        try await expectLevel(again, fixture, expected)
    }

    @Test func `has everything that was acknowledged before a kill`() async throws {
        let fixture = try CollectionFixture()
        let collections = try await fixture.opened()
        let expected = try await fill(collections, fixture)
        let killed = try fixture.copyAsKilled()
        try await expectLevel(try killed.open(), killed, expected)
    }

    @Test(arguments: ["gone", "cut short", "empty log", "of an earlier time"])
    func `makes its index level with the database`(damage: String) async throws {
        let fixture = try CollectionFixture()
        let collections = try await fixture.opened()
        let files = FileManager.default
        var earlier: CollectionFixture?
        if damage == "of an earlier time" {
            var random = RandomPoints(seed: 99)
            let passing = try random.points(5_000..<5_300)
            _ = try await collections.upsert(passing, into: fixture.name, tenant: fixture.tenant)
            earlier = try fixture.copyAsKilled()
            _ = try await collections.remove(
                passing.map(\.id), from: fixture.name, tenant: fixture.tenant)
        }
        let expected = try await fill(collections, fixture)
        await collections.close()
        let index = try fixture.collectionFolder().appendingPathComponent(Levelling.folderName)
        let logs = try files.contentsOfDirectory(atPath: index.path).filter { $0.hasSuffix(".log") }
        switch damage {
        case "gone": try files.removeItem(at: index)
        case "of an earlier time":
            try files.removeItem(at: index)
            let old = try #require(try earlier?.collectionFolder())
            try files.copyItem(at: old.appendingPathComponent(Levelling.folderName), to: index)
        default:
            let log = index.appendingPathComponent(try #require(logs.first))
            let size = try #require(try files.attributesOfItem(atPath: log.path)[.size] as? Int)
            let handle = try FileHandle(forWritingTo: log)
            try handle.truncate(atOffset: UInt64(damage == "empty log" ? 0 : size / 2))
            try handle.close()
        }
        try await expectLevel(try fixture.open(), fixture, expected)
    }

    @Test func `whose database is older than its index follows the database`() async throws {
        let fixture = try CollectionFixture()
        let collections = try await fixture.opened()
        let expected = try await fill(collections, fixture)
        let old = try fixture.copyAsKilled()
        var random = RandomPoints(seed: 4)
        _ = try await collections.upsert(
            try random.points(0..<600), into: fixture.name, tenant: fixture.tenant)
        await collections.close()
        let files = FileManager.default
        for name in ["", "-wal", "-shm"].map({ PointDatabase.fileName + $0 }) {
            let own = try fixture.collectionFolder().appendingPathComponent(name)
            let other = try old.collectionFolder().appendingPathComponent(name)
            try? files.removeItem(at: own)
            if files.fileExists(atPath: other.path) { try files.copyItem(at: other, to: own) }
        }
        try await expectLevel(try fixture.open(), fixture, expected)
    }

    @Test func `whose database is gone says so and stays as it is`() async throws {
        let fixture = try CollectionFixture()
        let collections = try await fixture.opened()
        await collections.close()
        let database = try fixture.collectionFolder().appendingPathComponent(PointDatabase.fileName)
        try FileManager.default.removeItem(at: database)
        let again = try fixture.open()
        let refused = await refusal { try await again.count(fixture.name, tenant: fixture.tenant) }
        #expect(refused?.isDamage == true)
        #expect(!FileManager.default.fileExists(atPath: database.path))
    }

    @Test func `gives no id a second time`() async throws {
        let fixture = try CollectionFixture()
        let collections = try await fixture.opened(dimension: 2)
        _ = try await collections.upsert(
            [Point(id: .name("a"), vector: [1, 0])], into: fixture.name, tenant: fixture.tenant)
        _ = try await collections.remove([.name("a")], from: fixture.name, tenant: fixture.tenant)
        await collections.close()
        let again = try fixture.open()
        _ = try await again.upsert(
            [Point(id: .name("b"), vector: [1, 0])], into: fixture.name, tenant: fixture.tenant)
        let collection = try await again.lease(CollectionKey(tenant: fixture.tenant, name: fixture.name))
        defer { collection.release() }
        #expect(try collection.index().ids() == [PointID.firstMapped + 1])
    }
}
