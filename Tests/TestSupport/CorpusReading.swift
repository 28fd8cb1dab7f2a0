import Corpus

/// What one reader gets, each call a request of its own.
extension PassageStore where Self: ReadScopes {
    public func chunks(_ ids: [Int64], reader: Reader) async throws -> [StoredChunk] {
        try await chunks(ids, scope: scope(for: reader))
    }

    public func context(ofChunk id: Int64, reader: Reader) async throws -> ChunkContext? {
        try await context(ofChunk: id, scope: scope(for: reader))
    }

    public func summary(reader: Reader) async throws -> CorpusSummary {
        try await summary(scope: scope(for: reader))
    }

    public func recentTitles(reader: Reader, limit: Int) async throws -> [String] {
        try await withSnapshot(for: scope(for: reader)) { try $0.recentTitles(limit: limit) }
    }

    public func accessClasses(satisfiedBy reader: Reader) async throws -> Set<AccessClassID> {
        try await withSnapshot(for: scope(for: reader)) { $0.classes }
    }

    /// Ids of every chunk that `reader` may read, ascending.
    public func chunkIDs(readableBy reader: Reader, model: String) async throws -> [Int64] {
        try await withSnapshot(for: scope(for: reader)) { snapshot in
            try snapshot.accessClasses(model: model)
                .filter { snapshot.classes.contains($0.accessClass) }.map(\.chunk).sorted()
        }
    }
}
