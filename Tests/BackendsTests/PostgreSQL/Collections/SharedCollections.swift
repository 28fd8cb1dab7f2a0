import Backends
import Foundation
import JSONValue
import TestSupport

@testable import VectorCollections

/// Collections in a schema of the test's own, and processes that share them, each with a folder of its own.
struct SharedCollections {
    let server: PostgresServer
    let schema = PostgresServer.freshSchema()
    let directory: TemporaryDirectory
    let tenant = "acme"
    let name = "things"

    init(_ server: PostgresServer? = nil) throws {
        self.server = try server ?? PostgresServer.shared(.v18)
        directory = try TemporaryDirectory()
    }

    func pool(patience: Duration = .seconds(10)) -> PostgresPool {
        server.pool(schema: schema, patience: patience)
    }

    func journal(keptRemovals: Int = 1_000, patience: Duration = .seconds(10)) -> PostgresCollections {
        PostgresCollections(pool(patience: patience), keptRemovals: keptRemovals)
    }

    func folder(_ process: String) -> URL { directory.url.appendingPathComponent(process) }

    func open(
        _ process: String, _ limits: CollectionLimits = CollectionLimits(), keptRemovals: Int = 1_000,
        patience: Duration = .seconds(10)
    ) throws -> VectorCollections {
        try VectorCollections.open(
            at: folder(process), limits: limits,
            journal: journal(keptRemovals: keptRemovals, patience: patience))
    }

    @discardableResult
    func make(_ collections: VectorCollections, dimension: Int = 4) async throws -> CollectionInfo {
        try await collections.create(
            name, CollectionSettings(dimension: dimension, metric: .euclidean, format: .float32),
            tenant: tenant
        ).info
    }

    func put(
        _ points: [Point], _ collections: VectorCollections
    ) async throws -> ChangeReport {
        try await collections.upsert(points, into: name, tenant: tenant)
    }

    /// Has a process take in what the others have written by now.
    func level(_ collections: VectorCollections) async throws {
        try await collections.using(name, tenant) { collection throws(CollectionError) in
            try await collection.level()
        }
    }

    /// Every point with everything, by the ids in the index.
    func all(_ collections: VectorCollections) async throws -> [StoredPoint] {
        var (found, after): ([StoredPoint], UInt64?) = ([], nil)
        repeat {
            let page = try await collections.scroll(
                name, tenant: tenant, after: after, limit: 100,
                parts: PointParts(payload: true, vector: true))
            found += page.points
            after = page.next
        } while after != nil
        return found
    }

    /// The ids in the index, in the order of pages, and the last change.
    func places(_ collections: VectorCollections) async throws -> Places {
        try await collections.using(name, tenant) { collection throws(CollectionError) in
            try collection.database.read { db in
                Places(
                    slots: try db.slots(after: nil, nil, limit: 100_000), sequence: try db.lastSequence())
            }
        }
    }

    struct Places: Sendable, Hashable {
        var slots: [UInt64]
        var sequence: Int64
    }

    /// Folders of collections that a process has.
    func copies(_ process: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder(process).path).filter {
            $0.hasPrefix(CollectionFolder.prefix)
        }
    }

    static func point(_ id: UInt64, _ first: Float = 0, _ payload: JSONValue = [:]) throws -> Point {
        Point(id: .integer(id), vector: [first, 1, 2, 3], payload: try Payload(payload))
    }
}

extension CollectionError {
    var isUnavailable: Bool { if case .unavailable = self { true } else { false } }
    var isNotThere: Bool { if case .noSuchCollection = self { true } else { false } }
}

/// What `work` is refused with; `nil` if it is done, or fails otherwise.
func collectionRefusal<Value>(_ work: () async throws -> Value) async -> CollectionError? {
    do {
        _ = try await work()
        return nil
    } catch {
        return error as? CollectionError
    }
}
