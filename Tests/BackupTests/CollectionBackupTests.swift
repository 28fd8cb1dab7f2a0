import Backup
import Foundation
import JSONValue
import Testing
import VectorCollections

@Suite(.timeLimit(.minutes(2))) struct `A backup of collections` {
    private func point(_ number: Int) throws -> Point {
        // No two of them are equally near to a third.
        let vector = (0..<8).map { Float(sin(Double(number * 13 + $0 * 7 + 1))) }
        return Point(
            id: .integer(UInt64(number)), vector: vector, payload: try Payload(["number": .integer(number)]))
    }

    @Test func `made while they are served answers alike once it is restored`() async throws {
        let sample = try await SampleFolder()
        let collections = try VectorCollections.open(
            at: sample.data.appendingPathComponent("collections"))
        for name in ["one", "two"] {
            _ = try await collections.create(name, CollectionSettings(dimension: 8), tenant: "acme")
            _ = try await collections.upsert(
                try (0..<200).map { try point($0) }, into: name, tenant: "acme")
        }
        let repository = sample.repository()
        let manifest = try await FolderBackup(sample.source, to: repository).run().manifest
        #expect(manifest.files.count { $0.path.hasSuffix("points.sqlite") } == 2)
        #expect(manifest.files.contains { $0.path == "collections/catalog.sqlite" && $0.kind == .database })
        _ = try await FolderRestoration(from: repository).restore(
            try await repository.find(), to: sample.target)

        let restored = try VectorCollections.open(
            at: sample.target.appendingPathComponent("collections"))
        for name in ["one", "two"] {
            for number in [0, 57, 199] {
                let query = CollectionQuery(
                    vector: try point(number).vector, k: 5, parts: PointParts(payload: true))
                let before = try await collections.query([query], of: name, tenant: "acme")
                let after = try await restored.query([query], of: name, tenant: "acme")
                #expect(before.results == after.results)
                #expect(after.results.first?.count == 5)
            }
        }
        await restored.close()
        await collections.close()
    }
}
