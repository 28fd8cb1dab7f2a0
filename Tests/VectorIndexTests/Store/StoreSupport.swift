import Foundation
import Testing

@testable import VectorIndex

/// A folder that is deleted when `body` is done, in memory where the system has such a file system: what is
/// tested is which flushes happen and not how long they take.
func withQuickDirectory<R>(_ body: (URL) throws -> R) throws -> R {
    let memory = URL(fileURLWithPath: "/dev/shm", isDirectory: true)
    guard FileManager.default.isWritableFile(atPath: memory.path) else {
        return try withTemporaryDirectory(body)
    }
    let url = memory.appendingPathComponent("millrace-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: url) }
    return try body(url)
}

/// How the stores of a test are opened.
struct StoreSettings: CustomTestStringConvertible {
    var dimension = 6
    var metric = Metric.cosine
    var format = VectorFormat.int8
    var M = 4
    var efConstruction = 40
    var efSearch = 12

    var testDescription: String { "\(format), \(metric)" }

    func open(_ directory: URL?, disk: Disk = .system) throws(VectorIndexError) -> LocalVectorStore {
        let parameters = try HNSWParameters(
            M: M, efConstruction: efConstruction, efSearch: efSearch, seed: 8, format: format, threads: 1)
        return try LocalVectorStore(
            directory: directory, dimension: dimension, metric: metric, parameters: parameters, disk: disk)
    }

    /// A small file needs few vectors; these are enough to have upper layers.
    static let small = VectorFormat.allCases.map { StoreSettings(format: $0) }

    /// Blocks, and rows where there are any, take several chunks; walks are chosen over scans.
    static let severalChunks = [VectorFormat.int8, .float32].map {
        StoreSettings(dimension: 64, format: $0)
    }
}

/// Lends a directory with copies of the files as they are now; the store may stay open.
func withDuplicate<R>(of directory: URL, _ body: (URL) throws -> R) throws -> R {
    try withQuickDirectory { copy in
        for name in [Snapshot.name, IndexLog.name] {
            let source = directory.appendingPathComponent(name)
            guard FileManager.default.fileExists(atPath: source.path) else { continue }
            try FileManager.default.copyItem(at: source, to: copy.appendingPathComponent(name))
        }
        return try body(copy)
    }
}

extension URL {
    var snapshot: URL { appendingPathComponent(Snapshot.name) }
    var log: URL { appendingPathComponent(IndexLog.name) }
}

/// What a store should hold: each id's vector, and the generation.
struct StoreContent {
    var vectors: [UInt64: [Float]] = [:]
    var generation: UInt64 = 0

    mutating func upsert(_ entries: [VectorEntry]) {
        for entry in entries { vectors[entry.id] = entry.vector }
    }

    mutating func remove(_ ids: [UInt64]) {
        for id in ids { vectors[id] = nil }
    }

    /// How `store` differs, in words; `nil` if ids, generation and distances are as they should be.
    func difference(from store: LocalVectorStore, query: [Float]) throws -> String? {
        let ids = Set(store.ids())
        guard ids == Set(vectors.keys), store.count == vectors.count else {
            let (lost, extra) = (Set(vectors.keys).subtracting(ids), ids.subtracting(vectors.keys))
            return "\(store.count) vectors, lost \(lost.sorted()), extra \(extra.sorted())"
        }
        guard store.generation == generation else {
            return "generation \(store.generation), not \(generation)"
        }
        let flat = try FlatIndex(dimension: store.dimension, metric: store.metric)
        try flat.upsert(vectors.map { VectorEntry(id: $0.key, vector: $0.value) })
        let exact = try flat.search(query, k: vectors.count + 1)
        // So wide that everything is compared.
        let found = try store.search(query, k: vectors.count + 1)
        guard Set(found) == Set(exact) else {
            let wrong = Set(found).subtracting(exact).prefix(3)
            return "\(found.count) of \(exact.count) found, wrong \(Array(wrong))"
        }
        let violations = store.violations()
        return violations.isEmpty ? nil : "\(violations.prefix(3))"
    }
}
