import Foundation
import JSONValue
import TestSupport

@testable import VectorCollections

/// Collections in a folder of the test's own, which can be closed and opened again.
struct CollectionFixture {
    let directory: TemporaryDirectory
    let tenant = "acme"
    let name = "things"

    init() throws {
        directory = try TemporaryDirectory()
    }

    var folder: URL { directory.url.appendingPathComponent("collections") }

    func open(_ limits: CollectionLimits = CollectionLimits()) throws -> VectorCollections {
        try VectorCollections.open(at: folder, limits: limits)
    }

    /// Opens the folder and makes the collection `things` in it.
    func opened(
        dimension: Int = 8, metric: CollectionSettings.Metric = .cosine,
        format: CollectionSettings.Format = .float32, limits: CollectionLimits = CollectionLimits()
    ) async throws -> VectorCollections {
        let collections = try open(limits)
        _ = try await collections.create(
            name, CollectionSettings(dimension: dimension, metric: metric, format: format), tenant: tenant)
        return collections
    }

    /// The folder of the only collection.
    func collectionFolder() throws -> URL {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        let own = names.filter { $0.hasPrefix(CollectionFolder.prefix) }
        guard own.count == 1, let name = own.first else { throw CocoaError(.fileNoSuchFile) }
        return folder.appendingPathComponent(name)
    }

    /// Every file of the folder as it is now: what a kill at this moment would leave.
    func copyAsKilled() throws -> CollectionFixture {
        let copy = try CollectionFixture()
        try FileManager.default.copyItem(at: folder, to: copy.folder)
        return copy
    }
}

/// Random points: components are uniform in −1…1, so that no metric has ties, and payloads of a few values each.
struct RandomPoints {
    var random: SeededGenerator
    let dimension: Int

    init(seed: UInt64, dimension: Int = 8) {
        random = SeededGenerator(seed: seed)
        self.dimension = dimension
    }

    mutating func vector() -> [Float] {
        (0..<dimension).map { _ in Float.random(in: -1...1, using: &random) }
    }

    mutating func points(_ ids: Range<UInt64>) throws -> [Point] {
        try ids.map { id in
            let payload: JSONValue = [
                "color": .string(["red", "green", "blue"][Int(id % 3)]), "size": .integer(Int(id % 10)),
            ]
            return Point(id: .integer(id), vector: vector(), payload: try Payload(payload))
        }
    }
}

/// Exact search, the plain way.
struct BruteForce {
    let metric: CollectionSettings.Metric
    let points: [Point]

    func score(_ left: [Float], _ right: [Float]) -> Double {
        let pairs = zip(left, right).map { (Double($0), Double($1)) }
        let dot = pairs.reduce(0) { $0 + $1.0 * $1.1 }
        switch metric {
        case .dot: return dot
        case .cosine:
            let norms = [left, right].map { vector in
                vector.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
            }
            return dot / (norms[0] * norms[1])
        case .euclidean: return -pairs.reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
        }
    }

    func nearest(_ query: [Float], k: Int) -> [(id: PointID, score: Double)] {
        let all = points.map { ($0.id, score(query, $0.vector)) }.sorted { $0.1 > $1.1 }
        return all.prefix(k).map { (id: $0.0, score: $0.1) }
    }
}

/// What `work` is refused with; `nil` if it is done, or fails otherwise.
func refusal<Value>(_ work: () async throws -> Value) async -> CollectionError? {
    do {
        _ = try await work()
        return nil
    } catch {
        return error as? CollectionError
    }
}

extension CollectionError {
    /// The place that an ``invalid(field:reason:)`` names.
    var field: String? { if case .invalid(let field, _) = self { field } else { nil } }
    var isBusy: Bool { if case .busy = self { true } else { false } }
    var isDamage: Bool { if case .damaged = self { true } else { false } }
    var isNotASnapshot: Bool { if case .notASnapshot = self { true } else { false } }
}
