import Corpus
import Crypto
import Foundation

/// Samples of what passages' numbers mean.
///
/// A database that was put back and went on gives numbers anew, the newest ones first: so the newest are looked at, and
/// some from everywhere.
enum SnapshotProbes {
    static let limit = 256
    private static let newest = 64

    /// - Parameter ids: of all passages, ascending.
    static func take(
        of ids: [Int64], store: any EmbeddingStore, model: String
    ) async throws -> [SnapshotManifest.Probe] {
        let step = max(1, ids.count / (limit - newest))
        let spread = stride(from: 0, to: ids.count, by: step).prefix(limit - newest).map { ids[$0] }
        let chosen = Set(ids.suffix(newest)).union(spread)
        return try await store.vectors(ids: chosen.sorted(), model: model)
            .map { SnapshotManifest.Probe(id: $0.id, sha256: digest($0.vector)) }
            .sorted { $0.id < $1.id }
    }

    /// Whether every probed passage that is still there is what it was.
    static func hold(
        _ probes: [SnapshotManifest.Probe], store: any EmbeddingStore, model: String
    ) async throws -> Bool {
        let expected = Dictionary(probes.map { ($0.id, $0.sha256) }, uniquingKeysWith: { first, _ in first })
        let found = try await store.vectors(ids: probes.map(\.id), model: model)
        return found.allSatisfy { expected[$0.id] == digest($0.vector) }
    }

    private static func digest(_ vector: [Float]) -> String {
        var hash = SHA256()
        for component in vector {
            withUnsafeBytes(of: component.bitPattern.littleEndian) { hash.update(bufferPointer: $0) }
        }
        return SnapshotObject.hexadecimal(hash.finalize())
    }
}
