import Concurrency
import Corpus
import Foundation
import Synchronization
import Text
import TextIndex
import VectorIndex

/// The index of words of one process, as ingests write it: passages in, and how far it follows the database.
///
/// Like the vector index it is derived from the database: losing it costs time and never an answer.
public final class WordIndex: Sendable {
    /// One thread: an index lets one writer in at a time. Cutting texts into terms is long work too.
    private static let executor = BlockingExecutor(label: "millrace.words.write", width: 1)
    static let batchSize = 500

    /// What searches ask.
    public let store: any TextStore
    private let saveSequence: @Sendable (_ sequence: UInt64) throws -> Void
    /// What the store's files are read and replaced through; `nil` where it is not known.
    private let files: LocalTextStore?
    /// The last change of the database up to which every document's own facts are in the index; `nil` when it is
    /// not known.
    private let level: Mutex<Int64?>

    /// An index level up to the change that it was last saved with; one without a directory ends with the process.
    public convenience init(_ store: LocalTextStore) {
        self.init(store, isLevelUpTo: Int64(clamping: store.generation), files: store) { sequence in
            do throws(TextIndexError) {
                try store.save(generation: sequence)
            } catch .noDirectory {
                // There is nothing to open again.
            }
        }
    }

    /// An index that ends with the process.
    ///
    /// - Parameters:
    ///   - sequence: the change that the index is level with; `nil` if it is not known.
    ///   - files: has the store's files, where they are to be published or replaced.
    ///   - save: is told after each run with which change the index is level.
    public init(
        _ store: any TextStore, isLevelUpTo sequence: Int64? = nil, files: LocalTextStore? = nil,
        save: @escaping @Sendable (_ sequence: UInt64) throws -> Void = { _ in }
    ) {
        self.store = store
        self.files = files
        level = Mutex(sequence)
        saveSequence = save
    }

    /// Does what has begun to its end, even when the caller is cancelled.
    public static func waiting<Value: Sendable, Failure: Error>(
        _ body: @escaping @Sendable () throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        try await executor.complete(body)
    }

    /// Those of `ids` that are stored: an index on a server is asked over the network.
    func stored(among ids: [Int64]) async throws(TextIndexError) -> Set<Int64> {
        guard !ids.isEmpty else { return [] }
        let found = try await Self.waiting { [store] () throws(TextIndexError) in
            try store.stored(among: ids.map { UInt64(bitPattern: $0) })
        }
        return Set(found.map { Int64(bitPattern: $0) })
    }

    /// Every stored id.
    func ids() async throws(TextIndexError) -> [Int64] {
        let found = try await Self.waiting { [store] () throws(TextIndexError) in try store.storedIDs() }
        return found.map { Int64(bitPattern: $0) }
    }

    func remove(_ ids: [Int64]) async throws(TextIndexError) {
        guard !ids.isEmpty else { return }
        try await Self.waiting { [store] () throws(TextIndexError) in
            try store.remove(ids.map { UInt64(bitPattern: $0) })
        }
    }

    func upsert(_ passages: [PassageText]) async throws(TextIndexError) {
        for start in stride(from: 0, to: passages.count, by: Self.batchSize) {
            let batch = passages[start..<min(start + Self.batchSize, passages.count)]
            try await Self.waiting { [store] () throws(TextIndexError) in
                try store.upsert(batch.map { TextDocument($0) })
            }
        }
    }

    // MARK: How far it follows

    var levelledUpTo: Int64? { level.withLock { $0 } }

    /// Notes that every change of documents up to `sequence` is in the index.
    func save(upTo sequence: Int64) async throws {
        level.withLock { $0 = max($0 ?? sequence, sequence) }
        try await Self.waiting { [saveSequence] in try saveSequence(UInt64(clamping: sequence)) }
    }

    // MARK: Snapshots

    /// The files of the index, open for reading, which hold everything that was stored.
    ///
    /// - Throws: ``TextIndexError/noDirectory`` where it has none.
    func openFiles() async throws(TextIndexError) -> [IndexFile] {
        guard let files else { throw .noDirectory }
        return try await Self.waiting { () throws(TextIndexError) in try files.openFiles() }
    }

    /// Takes the files in another folder in place of everything; see ``LocalTextStore/adopt(filesIn:)``. The index is level
    /// then with the change that they were saved with.
    public func adopt(filesIn folder: URL) async throws(TextIndexError) {
        guard let files else { throw .noDirectory }
        let sequence = try await Self.waiting { [store] () throws(TextIndexError) in
            defer { try? store.upsert([]) }
            // Whoever keeps what searches found counts changes: before and after this one.
            try store.upsert([])
            return try files.adopt(filesIn: folder)
        }
        level.withLock { $0 = Int64(clamping: sequence) }
    }
}
