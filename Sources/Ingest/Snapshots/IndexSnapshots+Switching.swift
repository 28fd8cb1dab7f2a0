import Foundation
import TextIndex
import VectorIndex

extension IndexSnapshots {
    /// How many changes a snapshot must be ahead before serving indexes are exchanged for it.
    public static let switchAdvance = IndexFollower.farBehind / 2

    /// Exchanges both indexes of a process that answers for the newest snapshot, if it is much newer. No search waits or
    /// fails: one that has begun ends over what it began with.
    ///
    /// - Parameters:
    ///   - since: the change that the indexes are level with.
    ///   - searched: what searches ask, which counts the changes of `vectors`.
    /// - Returns: whether either of them is another now.
    public func catchUp(
        from since: Int64, vectors: LocalVectorStore, searched: any VectorStore, vectorFolder: URL,
        words: WordIndex, wordFolder: URL
    ) async -> Bool {
        // Its level, and not its sequence: files may be much older than the last change when they were read.
        guard let manifest = await newest(), manifest.level - since >= Self.switchAdvance else {
            return false
        }
        var hasVectors = false
        // What only the log had is not in the file: one that has fewer than are here may be the older one.
        if manifest.vectorCount >= vectors.count {
            hasVectors = await take(.vectors, of: manifest, over: vectorFolder) { folder in
                try await Self.adopt(folder, vectors, searched: searched)
            }
        }
        let hasWords = await take(.words, of: manifest, over: wordFolder) { folder in
            try await words.adopt(filesIn: folder)
        }
        return hasVectors || hasWords
    }

    private static func adopt(
        _ folder: URL, _ vectors: LocalVectorStore, searched: any VectorStore
    ) async throws(VectorIndexError) {
        try await VectorWriter.waiting { () throws(VectorIndexError) in
            defer { try? searched.upsert([]) }
            // Whoever keeps what searches found counts changes: before and after this one.
            try searched.upsert([])
            try vectors.adopt(snapshotIn: folder)
        }
    }
}
