import Foundation
import Testing
import VectorIndex

@testable import TextIndex

/// Lends a new directory, which is gone afterwards.
func withTemporaryDirectory<R>(_ body: (URL) throws -> R) throws -> R {
    let directory = FileManager.default.temporaryDirectory
        .appendingPathComponent("millrace-text-\(UUID().uuidString)", isDirectory: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    return try body(directory)
}

extension URL {
    /// The segments' files, in the order of their names.
    var segments: [URL] {
        get throws {
            try FileManager.default.contentsOfDirectory(at: self, includingPropertiesForKeys: nil)
                .filter { $0.lastPathComponent.hasPrefix("segment-") }.sorted { $0.path < $1.path }
        }
    }
}

/// A store with small segments, so that a few documents make files and merges.
func smallStore(
    _ directory: URL?, format: TextFormat = .passages, scoring: TextScoring = .passages, disk: Disk = .system,
    memoryByteLimit: Int = 8_000
) throws -> LocalTextStore {
    let policy = MergePolicy(memoryByteLimit: memoryByteLimit, fanIn: 3, tierFactor: 3)
    return try LocalTextStore(
        directory: directory, format: format, scoring: scoring, disk: disk, policy: policy)
}

/// What a store answers to some queries: equal if two hold the same.
func answers(of store: LocalTextStore, seed: UInt64 = 5) throws -> [[TextMatch]] {
    var corpus = TextCorpus(seed: seed)
    return try (0..<25).map { _ in try store.search(corpus.query(), limit: 50) }
}
