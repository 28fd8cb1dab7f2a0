import Foundation
import Synchronization
import VectorIndex

/// An inverted index in this process, kept on disk as segments and a log.
///
/// Searches run beside each other and beside a writer, and wait for neither. With a directory, a change that
/// has returned survives a crash at any moment; the files are nevertheless derived data, so damaged ones are
/// rebuilt by storing the documents again. Results are exact: block bounds and segments only spare work.
public final class LocalTextStore: TextStore {
    /// The fields of its documents, for as long as the index is there.
    public let format: TextFormat
    /// How matches are scored, since this opening.
    public let scoring: TextScoring
    private let checks: TextChecks
    private let hasDirectory: Bool
    private let current: Guarded<IndexSnapshot>
    private let writer: Guarded<TextWriter>
    private let savedGeneration: Atomic<UInt64>

    /// Opens the index in `directory`, which nobody else can open until this store is gone; without files
    /// there, or without a directory, begins empty.
    ///
    /// - Parameters:
    ///   - directory: where its files are, made where it is not there; `nil` for an index in memory alone.
    ///   - format: must be the one that the index was made with.
    ///   - scoring: may be another at each opening; bounds that segments keep stay valid.
    /// - Throws: ``TextIndexError/inUse(directory:)`` if somebody has it open;
    ///   ``TextIndexError/damaged(file:reason:)`` if its files cannot be trusted, and other errors if they are of
    ///   another version or format. In each case but the first ``reset(directory:)`` and storing the documents again
    ///   helps.
    public convenience init(
        directory: URL?, format: TextFormat = .passages, scoring: TextScoring = .passages
    ) throws(TextIndexError) {
        try self.init(
            directory: directory, format: format, scoring: scoring, disk: .system, policy: MergePolicy())
    }

    /// - Parameters:
    ///   - disk: through which everything is written. For tests.
    ///   - policy: when segments are written and merged. For tests.
    init(
        directory: URL?, format: TextFormat, scoring: TextScoring, disk: Disk, policy: MergePolicy
    ) throws(TextIndexError) {
        try scoring.check(for: format)
        (self.format, self.scoring, hasDirectory) = (format, scoring, directory != nil)
        checks = TextChecks(format: format)
        var writer = TextWriter(format: format, scoring: scoring, policy: policy)
        if let directory { try writer.open(directory, disk: disk) }
        current = Guarded(writer.snapshot)
        savedGeneration = Atomic(writer.files?.generation ?? 0)
        self.writer = Guarded(writer)
    }

    /// Deletes the index in `directory`, if there is one, so that the next store opened there begins empty.
    ///
    /// - Throws: ``TextIndexError/inUse(directory:)`` if somebody has it open.
    public static func reset(directory: URL) throws(TextIndexError) {
        try onDisk { () throws(VectorIndexError) in
            let lock = try DirectoryLock(directory)
            defer { withExtendedLifetime(lock) {} }
            let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
            // The manifest first: without it the rest is left over.
            let ours = names.filter { TextFiles.isOurs($0) || $0 == IndexLog.name }
            for name in [Manifest.name] + ours {
                try Disk.system.remove(directory.appendingPathComponent(name).path)
            }
        }
    }

    private var snapshot: IndexSnapshot { current.withLock { $0 } }

    /// Documents that are there now.
    public var count: Int { snapshot.count }

    /// The generation last saved; 0 if there is none.
    public var generation: UInt64 { savedGeneration.load(ordering: .acquiring) }

    /// Stores documents in place of those of their ids; with a directory they are on disk when it returns.
    ///
    /// - Throws: ``TextIndexError`` for a document that the format does not allow, for one too many, and where the log
    ///   cannot be written; nothing is stored then.
    /// - Complexity: O(words of the documents), and now and then the merging of segments.
    public func upsert(_ documents: [TextDocument]) throws(TextIndexError) {
        try checks.check(documents)
        if documents.isEmpty { return }
        // Both take long and need nothing of the store, so they are done before others must wait.
        let records = hasDirectory ? try DocumentCodec.encode(documents) : []
        let images = SegmentBuilder.images(of: documents, scoring: scoring)
        try change { writer throws(TextIndexError) in try writer.upsert(images, records: records) }
    }

    /// Removes documents; ids that are not there are passed over.
    ///
    /// - Throws: ``TextIndexError`` where the log cannot be written; nothing is removed then.
    public func remove(_ ids: [UInt64]) throws(TextIndexError) {
        if ids.isEmpty { return }
        try change { writer throws(TextIndexError) in try writer.remove(ids) }
    }

    /// Lets `body` change the index, shows the change to searches, and returns once it is safe.
    private func change(
        _ body: (inout TextWriter) throws(TextIndexError) -> TextWriter.Ticket?
    ) throws(TextIndexError) {
        let ticket = try writer.withLock { writer throws(TextIndexError) in
            // Also if it fails: what was merged before stays so.
            defer { publish(writer.snapshot) }
            return try body(&writer)
        }
        try ticket?.wait()
    }

    /// Lends what changes the index to `body`, and shows what it changed.
    func changing<R: Sendable>(
        _ body: (inout TextWriter) throws(TextIndexError) -> R
    ) throws(TextIndexError) -> R {
        try writer.withLock { writer throws(TextIndexError) in
            defer { publish(writer.snapshot) }
            return try body(&writer)
        }
    }

    func noteSaved(_ generation: UInt64) { savedGeneration.store(generation, ordering: .releasing) }

    private func publish(_ snapshot: IndexSnapshot) {
        current.withLock { $0 = snapshot }
    }

    /// Whether a document is there now.
    public func contains(_ id: UInt64) -> Bool { snapshot.place(of: id) != nil }

    /// The ids of all documents, of one moment.
    public func ids() -> [UInt64] { snapshot.ids() }

    public func search(
        _ query: TextQuery, limit: Int, filter: IDBitmap? = nil
    ) throws(TextIndexError) -> [TextMatch] {
        try snapshot.search(query, limit: limit, filter: filter)
    }

    public func facets(
        _ query: TextQuery, field: String, filter: IDBitmap? = nil
    ) throws(TextIndexError) -> [FacetCount] {
        try snapshot.facets(query, field: field, filter: filter)
    }

    public func matchCount(
        _ query: TextQuery, filter: IDBitmap? = nil
    ) throws(TextIndexError) -> Int {
        try snapshot.matchCount(query, filter: filter)
    }

    public func explain(_ query: TextQuery, id: UInt64) throws(TextIndexError) -> TextExplanation? {
        try snapshot.explain(query, id: id)
    }

    public func bound(of query: TextQuery) throws(TextIndexError) -> Double {
        try snapshot.bound(of: query)
    }

    public func documentFrequency(of term: String) throws(TextIndexError) -> Int {
        try snapshot.documentFrequency(of: term)
    }

    /// Notes that everything stored so far belongs to the caller's generation `generation`, which
    /// ``generation`` gives back after the next opening, so that the caller sees what is missing.
    ///
    /// - Throws: ``TextIndexError/noDirectory`` without a directory, or if it cannot be written.
    public func save(generation: UInt64) throws(TextIndexError) {
        try change { writer throws(TextIndexError) in try writer.setGeneration(generation) }
        savedGeneration.store(generation, ordering: .releasing)
    }

    /// Merges all segments, frees the room of what was removed, and with a directory empties the log.
    /// Searches go on meanwhile, writes wait.
    ///
    /// The store merges by itself when there are many segments of about one size.
    ///
    /// - Throws: if it cannot be written; everything is then as it was.
    /// - Complexity: O(bytes of the index).
    public func compact() throws(TextIndexError) {
        try change { writer throws(TextIndexError) in
            try writer.compact()
            return nil
        }
    }

    /// Reads all files anew and compares them with their checksums.
    ///
    /// - Throws: ``TextIndexError/damaged(file:reason:)`` naming the first part that is not as written.
    /// - Complexity: O(bytes of the files), some gigabytes a second.
    public func verify() throws(TextIndexError) {
        try writer.withLock { writer throws(TextIndexError) in try writer.verify() }
    }

    /// Figures about the store, of one moment.
    public func statistics() -> TextIndexStatistics {
        writer.withLock { $0.statistics() }
    }
}
