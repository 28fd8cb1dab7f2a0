import Concurrency
import Corpus
import Logging
import TextIndex
import VectorIndex

/// Keeps a process's indexes level with a database that other processes write to.
///
/// Each process has indexes of its own, and the database tells in order what happened to passages. Who may read a
/// passage is never looked up in an index: a right that went is gone with the database's commit, and an index that is
/// behind for a moment only lacks what is newest.
public actor IndexFollower {
    /// How often the database is asked whether anything happened. Asking is one look at the end of an index.
    public static let pause = Duration.milliseconds(500)
    /// Between two looks however often it is told that something happened.
    private static let leastPause = Duration.milliseconds(50)

    private let store: any DocumentStore & EmbeddingStore & PassageStore & PassageTextStore & ReadScopes
    private let vectors: any VectorStore
    private let words: WordIndex
    private let model: String
    private let logger: Logger
    /// The last change that both indexes hold; `nil` before the first look.
    private(set) var sequence: Int64?
    /// Whether the indexes are being changed: an actor lets others in while it waits, and what they would see then is the
    /// state of no moment.
    private var isChanging = false
    /// Writes the vector index to disk as a whole, so that the log of its changes begins anew.
    private let save: @Sendable (_ generation: Int64) throws -> Void
    private var unsaved = 0
    /// Changes after which the indexes are saved.
    private static let saveLimit = 20_000
    /// Changes from which on a snapshot is looked for before everything is taken in one by one.
    public static let farBehind: Int64 = 50_000
    /// Takes a snapshot in place of both indexes if there is one that is much newer than `since`.
    private let catchUp: @Sendable (_ since: Int64) async -> Bool
    private let behindLimit: Int64
    private let pause: Duration
    private let nudge = Nudge()
    /// Is told with which change the indexes are level, and how to find out whether that is the database's last.
    private let levelled:
        @Sendable (_ sequence: Int64, _ isLast: () async throws -> Bool) async throws -> Void

    /// - Parameters:
    ///   - vectors: what searches ask, so that what they keep is known to be stale.
    ///   - model: by its name; passages embedded by another are none of the indexes'.
    ///   - behindLimit: changes from which on the indexes are far behind.
    ///   - pause: how often the database is asked, unless somebody tells that something happened.
    ///   - catchUp: is given the change that the indexes are level with, once they are far behind; tells whether they are
    ///     others now, which are then compared with the database as a whole.
    ///   - levelled: is told, each time that the indexes were looked after, with which change of the database they are
    ///     level at least; and is given what asks the database whether nothing came after it.
    ///   - save: is given the database's generation.
    public init(
        store: any DocumentStore & EmbeddingStore & PassageStore & PassageTextStore & ReadScopes,
        vectors: any VectorStore, words: WordIndex, model: String, logger: Logger,
        behindLimit: Int64 = IndexFollower.farBehind, pause: Duration = IndexFollower.pause,
        catchUp: @escaping @Sendable (_ since: Int64) async -> Bool = { _ in false },
        levelled:
            @escaping @Sendable (
                _ sequence: Int64, _ isLast: () async throws -> Bool
            ) async throws -> Void = { _, _ in },
        save: @escaping @Sendable (_ generation: Int64) throws -> Void = { _ in }
    ) {
        self.store = store
        self.vectors = vectors
        self.words = words
        self.model = model
        self.logger = logger
        self.catchUp = catchUp
        self.behindLimit = behindLimit
        self.pause = pause
        self.levelled = levelled
        self.save = save
    }

    /// Follows until the task is cancelled. What fails is tried again, from where it was.
    public func run() async {
        var isBehind = false
        while !Task.isCancelled {
            do {
                try await follow()
                if isBehind { logger.info("the indexes follow the database again") }
                isBehind = false
            } catch {
                // Told once, however long the database is away.
                if !isBehind {
                    logger.warning(
                        "the indexes cannot follow the database; answers may lack what others store",
                        metadata: ["millrace.reason": "\(error)"])
                }
                isBehind = true
            }
            guard (try? await nudge.pause(for: pause, atLeast: Self.leastPause)) != nil else { return }
        }
    }

    /// Has the database asked now: another process has told that something happened.
    public nonisolated func lookAgain() { nudge.nudge() }

    /// Takes in what happened since the last time.
    ///
    /// - Returns: how many passages came, were stored anew, or went; 0 at once while another caller is at it.
    @discardableResult
    public func follow() async throws -> Int {
        guard !isChanging else { return 0 }
        isChanging = true
        defer { isChanging = false }
        let count = try await takeIn()
        if let sequence {
            try await levelled(sequence) { [store] in try await store.changeSequence() == sequence }
        }
        return count
    }

    private func takeIn() async throws -> Int {
        let now = try await store.changeSequence()
        guard let since = sequence else { return try await level(at: now) }
        guard now != since else { return 0 }
        if now - since >= behindLimit, await catchUp(since) { return try await level(at: now) }
        // A database that was put back to an earlier state tells nothing of what it lost.
        guard now > since, let changes = try await changes(after: since) else {
            return try await level(at: now)
        }
        let (present, gone, documents) = Self.ends(of: changes)
        try await remove(gone)
        try await add(present)
        try await TextIndexSync.renew(documents, store: store, index: words, model: model)
        sequence = max(now, changes.last?.sequence ?? now)
        let count = gone.count + present.count + documents.count
        try await noteUnsaved(count, at: now)
        return count
    }

    private func changes(after sequence: Int64) async throws -> [ChunkChange]? {
        let model = model
        // Ids alone: nothing of a passage is read here.
        return try await store.withSnapshot(for: store.scope(for: Reader([]))) {
            try $0.changes(after: sequence, model: model)
        }
    }

    /// What changes come to in the end: passages that are there, passages that are gone, and documents whose own facts
    /// changed.
    private static func ends(
        of changes: [ChunkChange]
    ) -> (present: [Int64], gone: [Int64], documents: [String]) {
        var isPresent: [Int64: Bool] = [:]
        var documents: Set<String> = []
        for change in changes {
            if let chunk = change.chunkID {
                isPresent[chunk] = change.after != nil
            } else {
                documents.insert(change.documentID)
            }
        }
        let (there, gone) = (isPresent.filter(\.value), isPresent.filter { !$0.value })
        return (there.keys.sorted(), gone.keys.sorted(), documents.sorted())
    }

    private func remove(_ ids: [Int64]) async throws {
        let writer = VectorWriter(vectors)
        try await writer.remove(try await writer.stored(among: ids.map { UInt64(bitPattern: $0) }))
        try await words.remove(try await words.stored(among: ids).sorted())
    }

    /// - Parameter ids: of passages that came or changed their readers, which is nothing to an index.
    private func add(_ ids: [Int64]) async throws {
        let writer = VectorWriter(vectors)
        let stored = Set(try await writer.stored(among: ids.map { UInt64(bitPattern: $0) }))
        for batch in Self.batches(ids.filter { !stored.contains(UInt64(bitPattern: $0)) }) {
            let found = try await store.vectors(ids: batch, model: model)
            try await writer.upsert(
                found.map { VectorEntry(id: UInt64(bitPattern: $0.id), vector: $0.vector) })
        }
        let known = try await words.stored(among: ids)
        for batch in Self.batches(ids.filter { !known.contains($0) }) {
            try await words.upsert(try await store.passageTexts(ids: batch))
        }
    }

    /// Compares everything: at the first look, when the changes reach too far back, and when the indexes are others now.
    private func level(at now: Int64) async throws -> Int {
        // Should it fail, everything is compared the next time: what the indexes hold until then is no change's state.
        sequence = nil
        let changed = try await VectorIndexSync.level(store: store, index: vectors, model: model)
        let texts = try await TextIndexSync.level(store: store, index: words, model: model)
        sequence = now
        return changed.added + changed.removed + texts.added + texts.removed + texts.renewed
    }

    /// Takes in what happened, and writes down how far both indexes are, for whoever goes on from their files.
    ///
    /// - Returns: the last change that both hold, themselves or in their logs; `nil` at once while they are being changed.
    public func settle() async throws -> Int64? {
        guard !isChanging else { return nil }
        isChanging = true
        defer { isChanging = false }
        _ = try await takeIn()
        guard let sequence else { return nil }
        try await saveIndexes(at: sequence)
        return sequence
    }

    private func noteUnsaved(_ count: Int, at now: Int64) async throws {
        unsaved += count
        guard unsaved >= Self.saveLimit else { return }
        try await saveIndexes(at: now)
    }

    private func saveIndexes(at now: Int64) async throws {
        unsaved = 0
        let generation = try await store.generation
        try await VectorWriter.waiting { [save] in try save(generation) }
        try await words.save(upTo: now)
    }

    private static func batches(_ ids: [Int64]) -> [[Int64]] {
        let size = VectorIndexSync.batchSize
        return stride(from: 0, to: ids.count, by: size).map { Array(ids[$0..<min($0 + size, ids.count)]) }
    }
}
