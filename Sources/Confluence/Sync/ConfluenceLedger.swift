import Corpus
import Foundation

/// What one site's listings said, kept in the corpus: a killed crawl goes on from it, an incremental one asks only
/// for what it does not say, and no listing is ever held in memory.
struct ConfluenceLedger: Sendable {
    /// A content of a listing with what became of it.
    struct Entry: Sendable {
        var content: RemoteContent
        /// The sync whose listing had it last.
        var listedRun: Int64
        /// The last sync that listed what hangs below it; 0 when that is due anew.
        var belowRun: Int64
        /// The last sync that learned its restriction.
        var restrictionRun: Int64
    }

    let store: any DocumentStore & MemberDirectory & SyncLedger
    /// The site's base: what is known of another site is none of ours.
    let source: String

    /// The sync of a space that is under way and fresh, or a new one.
    ///
    /// - Parameter resumeWindow: how long a sync may have stood still to be gone on with. Later its listing would
    ///   be old news, and who may read what may have changed.
    func begin(
        _ space: String, fullEvery: Int, at time: Date, resumeWindow: TimeInterval
    ) async throws -> SyncState {
        let before = try await store.syncState(source: source, space: space)
        // A listing that broke off is begun anew: what it had may be gone by now.
        if let before, before.phase == .detailing || before.phase == .reading {
            // A clock that was set back a little, or a time that lost its last digit in the database, is no pause.
            let pause = time.timeIntervalSince(before.touchedAt)
            if abs(pause) < resumeWindow { return before }
        }
        // What a broken-off full sync did not list is due until a full one comes to its end.
        let isOverdue = before.map { $0.sinceFull + 1 >= fullEvery } ?? true
        let wasFull = before.map { $0.phase != .finished && $0.isFull } ?? true
        return try await store.beginSync(source: source, space: space, isFull: isOverdue || wasFull, at: time)
    }

    func set(_ state: SyncState, of space: String, at time: Date) async throws {
        var state = state
        state.touchedAt = time
        try await store.setSyncState(state, source: source, space: space)
    }

    func put(_ contents: [RemoteContent], space: String, owner: String? = nil, run: Int64) async throws {
        try await store.putSyncEntries(
            try contents.map { try Self.entry($0, space: space, owner: owner) }, source: source, run: run)
    }

    func replace(below page: String, by contents: [RemoteContent], space: String, run: Int64) async throws {
        try await store.replaceSyncEntries(
            below: page, by: try contents.map { try Self.entry($0, space: space, owner: page) },
            source: source, run: run)
    }

    func setRestriction(_ restriction: RemoteRestriction, of id: String, run: Int64) async throws {
        try await store.setSyncRestriction(try Self.text(restriction), ofEntry: id, source: source, run: run)
    }

    func forgetRestriction(of id: String) async throws {
        try await store.setSyncRestriction(nil, ofEntry: id, source: source, run: 0)
    }

    func entry(_ id: String) async throws -> Entry? {
        try await store.syncEntry(id, source: source).map(Self.entry)
    }

    func entries(
        of space: String, run: Int64, after id: String, limit: Int, lacksRestriction: Bool = false
    ) async throws -> [Entry] {
        try await store.syncEntries(
            source: source, space: space, run: run, after: id, limit: limit,
            lacksRestriction: lacksRestriction
        ).map(Self.entry)
    }

    func count(of space: String, run: Int64) async throws -> Int {
        try await store.syncEntryCount(source: source, space: space, run: run)
    }

    func below(_ page: String) async throws -> [RemoteContent] {
        try await store.syncEntries(below: page, source: source).map { try Self.entry($0).content }
    }

    /// The groups that rules name of documents in spaces of this site.
    func groupsInRules() async throws -> Set<String> {
        var groups: Set<String> = []
        for case .group(let name) in try await store.groupsInRules(source: source) { groups.insert(name) }
        return groups
    }

    func unsettle(_ pages: [String]) async throws {
        try await store.unsettleSyncEntries(pages, source: source)
    }

    private static func entry(
        _ content: RemoteContent, space: String, owner: String?
    ) throws -> SyncEntry {
        var facts = content
        // The restriction has its own column; a body is stored where its text is.
        facts.restriction = nil
        facts.body = nil
        return SyncEntry(
            id: content.id, spaceKey: space, owner: owner, parent: content.parent?.id, title: content.title,
            version: content.version, restriction: try content.restriction.map(text), facts: try text(facts))
    }

    private static func entry(_ stored: StoredSyncEntry) throws -> Entry {
        var content = try JSONDecoder().decode(RemoteContent.self, from: Data(stored.entry.facts.utf8))
        content.spaceKey = stored.entry.spaceKey
        content.containerID = stored.entry.owner
        content.restriction = try stored.entry.restriction.map {
            try JSONDecoder().decode(RemoteRestriction.self, from: Data($0.utf8))
        }
        return Entry(
            content: content, listedRun: stored.listedRun, belowRun: stored.belowRun,
            restrictionRun: stored.restrictionRun)
    }

    private static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
