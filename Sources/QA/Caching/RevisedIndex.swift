import Corpus
import Synchronization

/// An index that tells whether what it finds may have changed.
///
/// The number that an index was saved with says how far it followed the database when an ingest ended; this one says
/// what a search sees now, in the middle of an ingest too. Without it nothing that was found may be kept: a passage is
/// in the database a moment before it is in the indexes, and what was found in that moment lacks it.
public protocol RevisedIndex: Sendable {
    /// Grows with every change; equal ones, told before and after a search, mean that the search saw exactly this
    /// revision. `nil` while a change is being made.
    var revision: UInt64? { get }
}

/// Counts changes, those that are being made included.
final class RevisionCounter: Sendable {
    private struct State {
        var revision: UInt64 = 0
        var changing = 0
    }

    private let state = Mutex(State())

    var revision: UInt64? { state.withLock { $0.changing == 0 ? $0.revision : nil } }

    /// Makes a change; one that fails may have changed a part.
    func change<Failure: Error>(_ body: () throws(Failure) -> Void) throws(Failure) {
        state.withLock { $0.changing += 1 }
        defer {
            state.withLock {
                $0.changing -= 1
                $0.revision += 1
            }
        }
        try body()
    }
}

/// What all that is found depends on besides the question and who asks. Each number only grows.
struct CorpusRevision: Sendable, Hashable {
    /// Of the database: ``AccessSnapshot/changeSequence()``.
    var changes: Int64
    var vectors: UInt64
    var words: UInt64

    /// The revision that holds everything that either of two holds.
    func joined(_ other: CorpusRevision) -> CorpusRevision {
        CorpusRevision(
            changes: max(changes, other.changes), vectors: max(vectors, other.vectors),
            words: max(words, other.words))
    }
}

/// Tells revisions of a corpus with its two indexes.
struct CorpusRevisions: Sendable {
    let vectors: any RevisedIndex
    let words: any RevisedIndex

    /// What a request of this snapshot sees; `nil` while an index is being changed.
    func revision(in snapshot: any AccessSnapshot) throws(CorpusError) -> CorpusRevision? {
        let changes = try snapshot.changeSequence()
        guard let vectors = vectors.revision, let words = words.revision else { return nil }
        return CorpusRevision(changes: changes, vectors: vectors, words: words)
    }

    /// Whether no index has changed since `revision` was told.
    func areStill(at revision: CorpusRevision) -> Bool {
        vectors.revision == revision.vectors && words.revision == revision.words
    }
}
