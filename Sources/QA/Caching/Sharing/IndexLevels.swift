import Synchronization

/// Tells when the indexes of this process hold exactly what the database holds at one of its changes.
///
/// An index's revision counts the changes that this process made to it, which says nothing to another process. A change
/// of the database does: whoever's indexes are level with the same one finds the same. Whoever follows the database notes
/// with which change the indexes are level; the note holds until an index or the database changes.
public final class IndexLevels: Sendable {
    /// The indexes at one moment.
    public struct Mark: Sendable, Hashable {
        fileprivate var vectors: UInt64
        fileprivate var words: UInt64
    }

    private struct Level: Hashable {
        var mark: Mark
        var sequence: Int64
    }

    private let vectors: any RevisedIndex
    private let words: any RevisedIndex
    private let level = Mutex<Level?>(nil)

    public init(vectors: any RevisedIndex, words: any RevisedIndex) {
        self.vectors = vectors
        self.words = words
    }

    /// The indexes as they are; `nil` while one is being changed.
    public func mark() -> Mark? {
        guard let vectors = vectors.revision, let words = words.revision else { return nil }
        return Mark(vectors: vectors, words: words)
    }

    /// Whether this was noted already.
    public func isNoted(_ mark: Mark, _ sequence: Int64) -> Bool {
        let noted = Level(mark: mark, sequence: sequence)
        return level.withLock { $0 == noted }
    }

    /// - Parameters:
    ///   - mark: taken once everything up to `sequence` was in the indexes.
    ///   - sequence: the database's last change, as it was asked for after the mark was taken: whatever is written is in
    ///     the database before it is in an index, so nothing newer was in them either.
    public func note(_ mark: Mark, isLevelWith sequence: Int64) {
        level.withLock { $0 = Level(mark: mark, sequence: sequence) }
    }

    /// Whether indexes of this revision, and no others, are level with the database of this revision.
    func isLevel(_ revision: CorpusRevision) -> Bool {
        isNoted(Mark(vectors: revision.vectors, words: revision.words), revision.changes)
    }
}
