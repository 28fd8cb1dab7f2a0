import Foundation
import TestSupport
import Testing
import VectorIndex

@testable import VectorCollections

@Suite(.timeLimit(.minutes(1))) struct `A collection that many use at once` {
    @Test func `has every point that was acknowledged, and is searched meanwhile`() async throws {
        let fixture = try CollectionFixture()
        let collections = try await fixture.opened()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<8 {
                group.addTask {
                    var random = RandomPoints(seed: UInt64(writer))
                    for round in 0..<10 {
                        let start = UInt64(writer * 1_000 + round * 5)
                        let points = try random.points(start..<start + 5)
                        _ = try await collections.upsert(
                            points, into: fixture.name, tenant: fixture.tenant)
                        // What is acknowledged is found.
                        let found = try await collections.query(
                            [CollectionQuery(vector: points[0].vector, k: 1)], of: fixture.name,
                            tenant: fixture.tenant)
                        #expect(found.results.first?.first?.id == points[0].id)
                    }
                    _ = try await collections.remove(
                        [.integer(UInt64(writer * 1_000))], from: fixture.name, tenant: fixture.tenant)
                }
            }
            try await group.waitForAll()
        }
        #expect(try await collections.count(fixture.name, tenant: fixture.tenant) == 8 * 49)
        let killed = try fixture.copyAsKilled()
        let again = try killed.open()
        let collection = try await again.lease(CollectionKey(tenant: killed.tenant, name: killed.name))
        defer { collection.release() }
        #expect(try collection.index().count == 8 * 49)
        #expect(collection.count == 8 * 49)
    }

    @Test func `is opened once by all who ask for it first`() async throws {
        let fixture = try CollectionFixture()
        await (try await fixture.opened()).close()
        let collections = try fixture.open()
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<32 {
                group.addTask { try await collections.count(fixture.name, tenant: fixture.tenant) }
            }
            for try await count in group { #expect(count == 0) }
        }
    }

    @Test func `is opened and closed all the time without losing anything`() async throws {
        let fixture = try CollectionFixture()
        let collections = try fixture.open(CollectionLimits(openCollections: 2))
        let settings = CollectionSettings(dimension: 2, format: .float32)
        for number in 0..<4 { _ = try await collections.create("c\(number)", settings, tenant: "t") }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<4 {
                group.addTask {
                    var id = UInt64(0)
                    // Refused while two others are in use; a client tries again.
                    while id < 20 {
                        do {
                            _ = try await collections.upsert(
                                [Point(id: .integer(id), vector: [1, Float(id)])], into: "c\(number)",
                                tenant: "t")
                            id += 1
                        } catch CollectionError.busy {
                            await Task.yield()
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await collections.list(tenant: "t").map(\.points) == [20, 20, 20, 20])
    }

    @Test func `can be deleted while it is used`() async throws {
        let fixture = try CollectionFixture()
        let collections = try await fixture.opened()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<4 {
                group.addTask {
                    var random = RandomPoints(seed: UInt64(writer))
                    for round in 0..<20 {
                        let start = UInt64(writer * 1_000 + round)
                        do {
                            _ = try await collections.upsert(
                                try random.points(start..<start + 1), into: fixture.name,
                                tenant: fixture.tenant)
                        } catch is CollectionError {
                            // It is being deleted, or gone.
                        }
                    }
                }
            }
            group.addTask { try await collections.delete(fixture.name, tenant: fixture.tenant) }
            try await group.waitForAll()
        }
        #expect(try await collections.list(tenant: fixture.tenant).isEmpty)
        await #expect(throws: CollectionError.noSuchCollection(name: fixture.name)) {
            try await collections.count(fixture.name, tenant: fixture.tenant)
        }
    }
}
