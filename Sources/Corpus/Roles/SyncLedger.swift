import Foundation

/// How far the reading of each space of each source has come, and what the listings said.
public protocol SyncLedger: Sendable {
    /// How far the reading of a space has come, or `nil` when it never began.
    func syncState(source: String, space key: String) async throws(CorpusError) -> SyncState?

    /// Keys of the spaces of `source` that were ever read to their end.
    func syncedSpaces(source: String) async throws(CorpusError) -> Set<String>

    /// Begins a new sync of a space, whatever became of the one before.
    ///
    /// - Parameter isFull: whether everything is asked for anew; the first sync always is.
    func beginSync(
        source: String, space key: String, isFull: Bool, at time: Date
    ) async throws(CorpusError) -> SyncState

    /// Notes where a sync stands.
    func setSyncState(_ state: SyncState, source: String, space key: String) async throws(CorpusError)

    /// Notes that a sync came to its end, and forgets what its listing no longer had.
    func finishSync(_ mark: SyncMark) async throws(CorpusError)

    /// Forgets how far a space was read: the next sync is its first.
    func forgetSync(source: String, space key: String) async throws(CorpusError)

    /// Stores a part of a listing in one transaction.
    ///
    /// What is known of an entry and not told again (its restriction, what was read below it) stays; only
    /// another version makes what hangs below it due anew.
    func putSyncEntries(_ entries: [SyncEntry], source: String, run: Int64) async throws(CorpusError)

    /// Replaces what is known to hang below a page by a whole listing of it.
    func replaceSyncEntries(
        below owner: String, by entries: [SyncEntry], source: String, run: Int64
    ) async throws(CorpusError)

    /// Notes a content's own restriction.
    func setSyncRestriction(
        _ restriction: String?, ofEntry id: String, source: String, run: Int64
    ) async throws(CorpusError)

    /// Marks pages below which something may have changed, so that it is listed anew.
    func unsettleSyncEntries(_ owners: [String], source: String) async throws(CorpusError)

    /// Forgets an entry and what hangs below it.
    func forgetSyncEntry(_ id: String, source: String) async throws(CorpusError)

    /// What is known of one content of a source.
    func syncEntry(_ id: String, source: String) async throws(CorpusError) -> StoredSyncEntry?

    /// Entries of a space's listing, a part at a time, by id.
    ///
    /// - Parameters:
    ///   - run: the sync whose listing they stood in.
    ///   - id: the last id of the part before; empty for the first part.
    ///   - lacksRestriction: only those whose restriction this sync has not learned yet.
    func syncEntries(
        source: String, space key: String, run: Int64, after id: String, limit: Int, lacksRestriction: Bool
    ) async throws(CorpusError) -> [StoredSyncEntry]

    /// How many entries stood in a space's listing.
    func syncEntryCount(source: String, space key: String, run: Int64) async throws(CorpusError) -> Int

    /// What hangs below a page, as it was listed last.
    func syncEntries(below owner: String, source: String) async throws(CorpusError) -> [StoredSyncEntry]

    /// Ids of the contents right below `id` in the tree.
    func syncChildren(of id: String, source: String) async throws(CorpusError) -> [String]

    /// Ids of all contents below `id` in the tree, itself left out; circles are cut.
    func syncDescendants(of id: String, source: String) async throws(CorpusError) -> [String]
}

extension SyncLedger {
    /// Entries of a space's listing, a part at a time, by id, whatever is known of their restriction.
    public func syncEntries(
        source: String, space key: String, run: Int64, after id: String, limit: Int
    ) async throws(CorpusError) -> [StoredSyncEntry] {
        try await syncEntries(
            source: source, space: key, run: run, after: id, limit: limit, lacksRestriction: false)
    }
}
