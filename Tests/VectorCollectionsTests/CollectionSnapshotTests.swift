import Foundation
import JSONValue
import TestSupport
import Testing

@testable import VectorCollections

@Suite(.timeLimit(.minutes(1))) struct `A snapshot of a collection` {
    private func filled(_ fixture: CollectionFixture) async throws -> (VectorCollections, [Point]) {
        let collections = try await fixture.opened()
        var random = RandomPoints(seed: 31)
        var points = try random.points(0..<200)
        points.append(
            Point(id: .name("é"), vector: random.vector(), payload: try Payload(["a": [1, .null]])))
        points.append(Point(id: .integer(.max), vector: random.vector()))
        _ = try await collections.upsert(points, into: fixture.name, tenant: fixture.tenant)
        _ = try await collections.remove([.integer(3)], from: fixture.name, tenant: fixture.tenant)
        points.remove(at: 3)
        return (collections, points)
    }

    private func upload(_ collections: VectorCollections, _ data: Data) async throws -> SnapshotUpload {
        let half = data.count / 2
        let pieces = AsyncStream { continuation in
            continuation.yield(data.prefix(half))
            continuation.yield(data.dropFirst(half))
            continuation.finish()
        }
        return try await collections.upload(pieces)
    }

    @Test func `becomes a collection with the same points, for another tenant too`() async throws {
        let fixture = try CollectionFixture()
        let (collections, points) = try await filled(fixture)
        let snapshot = try await collections.snapshot(of: fixture.name, tenant: fixture.tenant)
        let data = try Data(contentsOf: snapshot.url)
        #expect(data.count == snapshot.byteCount)
        let info = try await collections.restore(
            try await upload(collections, data), as: "copy", tenant: "other")
        #expect(info.points == points.count)
        #expect(info.isOpen)
        let page = try await collections.scroll(
            "copy", tenant: "other", limit: 1_000, parts: PointParts(payload: true, vector: true))
        #expect(page.points.map(\.id) == points.map(\.id))
        #expect(page.points.map(\.payload) == points.map(\.payload))
        #expect(page.points.map(\.vector) == points.map(\.vector))
        let queries = points.prefix(50).map { CollectionQuery(vector: $0.vector, k: 1) }
        let found = try await collections.query(queries, of: "copy", tenant: "other")
        #expect(found.results.map { $0.first?.id } == points.prefix(50).map(\.id))
        // And goes on like any other.
        let more = try await collections.upsert(
            [Point(id: .name("new"), vector: points[0].vector)], into: "copy", tenant: "other")
        #expect(more.created == 1)
        await collections.close()
        #expect(try await fixture.open().count("copy", tenant: "other") == points.count + 1)
    }

    @Test func `is of one moment while others write`() async throws {
        let fixture = try CollectionFixture()
        let collections = try await fixture.opened()
        let writer = Task {
            var random = RandomPoints(seed: 1)
            for round in 0..<20 {
                let start = UInt64(round * 10)
                _ = try await collections.upsert(
                    try random.points(start..<start + 10), into: fixture.name, tenant: fixture.tenant)
            }
        }
        for number in 0..<4 {
            let snapshot = try await collections.snapshot(of: fixture.name, tenant: fixture.tenant)
            let upload = try await upload(collections, try Data(contentsOf: snapshot.url))
            let info = try await collections.restore(upload, as: "copy\(number)", tenant: fixture.tenant)
            #expect(info.points % 10 == 0)
        }
        try await writer.value
    }

    @Test func `leaves no file behind`() async throws {
        let fixture = try CollectionFixture()
        let (collections, _) = try await filled(fixture)
        let before = try FileManager.default.contentsOfDirectory(atPath: fixture.folder.path).sorted()
        do {
            let snapshot = try await collections.snapshot(of: fixture.name, tenant: fixture.tenant)
            let upload = try await upload(collections, try Data(contentsOf: snapshot.url))
            await #expect(throws: CollectionError.nameTaken(name: fixture.name)) {
                try await collections.restore(upload, as: fixture.name, tenant: fixture.tenant)
            }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.folder.path).sorted() == before)
    }

    @Test func `that is damaged, cut short or something else is refused`() async throws {
        let fixture = try CollectionFixture()
        let (collections, _) = try await filled(fixture)
        let snapshot = try await collections.snapshot(of: fixture.name, tenant: fixture.tenant)
        let data = try Data(contentsOf: snapshot.url)
        var altered = data
        // The pages of the middle, whatever they hold.
        for offset in stride(from: data.count / 4, to: 3 * data.count / 4, by: 64) { altered[offset] ^= 0xFF }
        for (name, bad) in [
            ("empty", Data()), ("text", Data("no database".utf8)), ("half", data.prefix(data.count / 2)),
            ("altered", altered),
        ] {
            let refused = await refusal {
                try await collections.restore(
                    try await upload(collections, bad), as: "copy", tenant: fixture.tenant)
            }
            #expect(refused?.isNotASnapshot == true, "\(name): \(String(describing: refused))")
        }
        #expect(try await collections.list(tenant: fixture.tenant).map(\.name) == [fixture.name])
    }
}
