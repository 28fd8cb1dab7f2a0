import Concurrency
import Foundation
import Synchronization

/// One reading of a data folder: its parts as entries of a manifest, their blocks put on the way.
final class BackupPass: Sendable {
    /// Databases of one moment: copies that are to be put, and entries of those that have not changed.
    struct Databases: Sendable {
        var copies: [DatabaseSnapshots.Copy] = []
        var unchanged: [BackupManifest.File] = []
        /// Paths that rows of the copies name.
        var references: Set<String> { copies.reduce(into: []) { $0.formUnion($1.references) } }
    }

    private struct State {
        /// Entries by path that hold while their stamps do.
        var known: [String: BackupManifest.File]
        var attempts = 0
        var remarks: [String] = []
    }

    private let source: BackupSource
    private let writing: BlockWriting
    private let staging: Staging
    private let now: @Sendable () -> Date
    private let state: Mutex<State>

    /// - Parameter previous: a backup whose entries may be taken over where nothing has changed.
    init(
        source: BackupSource, writing: BlockWriting, staging: Staging, now: @escaping @Sendable () -> Date,
        previous: BackupManifest?, blockByteCount: Int
    ) {
        self.source = source
        self.writing = writing
        self.staging = staging
        self.now = now
        let files = previous?.blockByteCount == blockByteCount ? previous?.files ?? [] : []
        let known = Dictionary(files.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
        state = Mutex(State(known: known))
    }

    var remarks: [String] { state.withLock { $0.remarks } }
    /// How often databases were copied.
    var attempts: Int { state.withLock { $0.attempts } }

    func remark(_ text: String) {
        state.withLock { $0.remarks.append(text) }
    }

    /// An entry of an earlier time, where the file has not changed and all of its blocks are there.
    private func unchanged(_ path: String, stamp: String?) -> BackupManifest.File? {
        guard let stamp, let file = state.withLock({ $0.known[path] }), file.stamp == stamp,
            writing.hasBlocks(of: file)
        else { return nil }
        return file
    }

    private func note(_ file: BackupManifest.File) {
        state.withLock { $0.known[file.path] = file }
    }

    // MARK: Indexes

    /// The files of indexes, each as they are together at one moment, open until they are put.
    func capture(_ indexes: [String]) async throws -> [IndexCapture.File] {
        guard source.includesIndexes else { return [] }
        var files: [IndexCapture.File] = []
        for index in indexes {
            let captured = try await BackupRepository.disk.run { [source] in
                try IndexCapture.open(index, source)
            }
            if let captured {
                files += captured
            } else {
                remark("the index \(index) kept being written anew and was left out; a start makes it anew")
            }
        }
        return files
    }

    func put(_ indexes: [IndexCapture.File]) async throws -> [BackupManifest.File] {
        var files: [BackupManifest.File] = []
        for part in indexes {
            let stamp = part.file.stamp.text(at: now())
            if let file = unchanged(part.path, stamp: stamp) {
                files.append(file)
            } else {
                files.append(try await writing.put(part.file, as: part.path, kind: .index, stamp: stamp))
            }
        }
        return files
    }

    // MARK: Databases

    /// Those first that name what others hold.
    func inOrder(_ databases: [String]) -> [String] {
        let first = source.firstDatabases
        func rank(_ path: String) -> Int {
            first.firstIndex(of: source.pathInHouse(path)) ?? first.count
        }
        return databases.sorted { (rank($0), $0) < (rank($1), $1) }
    }

    /// Databases of one moment, unless none has changed.
    func copies(of databases: [String]) async throws -> Databases {
        state.withLock { $0.attempts += 1 }
        let (source, staging, now) = (source, staging, now())
        let stamps = try await BackupRepository.disk.run {
            databases.map { DatabaseSnapshots.stamp(of: $0, source, now) }
        }
        var result = Databases()
        var changed: [String] = []
        for (path, stamp) in zip(databases, stamps) {
            if let file = unchanged(path, stamp: stamp) {
                try source.check(file.migrations, of: path)
                result.unchanged.append(file)
            } else {
                changed.append(path)
            }
        }
        let taken = changed
        result.copies = try await BackupRepository.disk.run {
            try DatabaseSnapshots.take(taken, of: source, into: staging.folder, now: now)
        }
        return result
    }

    func put(_ databases: Databases) async throws -> [BackupManifest.File] {
        var files = databases.unchanged
        for copy in databases.copies {
            let file = try await BackupRepository.disk.run { try OpenFile(copy.file.path) }
            guard let file else {
                throw BackupError.unreadable(
                    path: copy.file.path, reason: "somebody removed it from the temporary folder")
            }
            let entry = try await writing.put(
                file, as: copy.path, kind: .database, migrations: copy.migrations, stamp: copy.stamp)
            note(entry)
            files.append(entry)
            await discard(Databases(copies: [copy]))
        }
        return files
    }

    func discard(_ databases: Databases) async {
        for copy in databases.copies {
            _ = try? await BackupRepository.disk.run { unlink(copy.file.path) }
        }
    }

    // MARK: Other files

    func plain(_ paths: [String]) async throws -> [BackupManifest.File] {
        let files = try await paths.boundedMap(width: 4) { try await self.plain($0) }
        return files.compactMap(\.self)
    }

    /// - Returns: `nil` when it has gone meanwhile.
    private func plain(_ path: String) async throws -> BackupManifest.File? {
        let (source, now) = (source, now())
        let stamp = try await BackupRepository.disk.run {
            FileStamp(path: source.path(path)).map { $0.text(at: now) }
        }
        guard let stamp else { return nil }
        if let file = unchanged(path, stamp: stamp) { return file }
        guard let file = try await BackupRepository.disk.run({ try OpenFile(source.path(path)) }) else {
            return nil
        }
        let entry = try await writing.put(file, as: path, kind: .plain, stamp: file.stamp.text(at: now))
        note(entry)
        return entry
    }
}

/// A folder for copies of databases, which goes with its last reference.
final class Staging: Sendable {
    let folder: URL

    /// - Throws: ``BackupError/unwritable(path:reason:)``.
    init() throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("millrace-backup-\(UUID().uuidString)", isDirectory: true)
        guard mkdir(folder.path, 0o700) == 0 else { throw DurableFiles.refusal(folder.path) }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }
}
