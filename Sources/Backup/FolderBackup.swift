import Concurrency
import Foundation

/// How much of what was written is read back.
public enum BackupCheck: Sendable, Hashable {
    case none
    /// The blocks that were new; of the others, that they are there in their length.
    case written
    /// Everything, as a restore would, with SQLite's own check of each database.
    case whole
}

/// What became of a backup.
public struct BackupOutcome: Sendable {
    public var manifest: BackupManifest
    /// Objects that the destination did not have.
    public var newObjectCount: Int
    public var newByteCount: Int
    /// What is not in it, with the reason, for people.
    public var remarks: [String]
}

/// Keeps a data folder, also while it is served: nothing of it is locked or changed.
///
/// The order makes the whole consistent:
///
/// 1. **Indexes**, opened as they are together at one moment. They are derived from the databases and written after
///    them, so they are level with the databases that are copied later, or behind, as after a crash; whoever opens them
///    brings them level.
/// 2. **Databases** of the folder and of those in it that are data folders themselves, all as of one moment, those first
///    whose rows name what others hold.
/// 3. **Other files.** Whoever names a file in a database has put it there before, and files never change. So each file
///    that the copied rows name was there, unless it was removed since: then the databases are copied once more, in
///    which its row has gone too.
/// 4. **Folders with databases of their own**, one after the other, each like the whole.
/// 5. The **manifest**, when all objects are on the disk.
public struct FolderBackup: Sendable {
    private static let attemptLimit = 4

    let source: BackupSource
    let repository: BackupRepository

    public init(_ source: BackupSource, to repository: BackupRepository) {
        self.source = source
        self.repository = repository
    }

    /// Writes one backup.
    ///
    /// After an error there is no backup of this run, unless only its check could not be carried out. What was written
    /// of it stays for the next one, unless the disk is full: then it is removed.
    public func run(check: BackupCheck = .whole) async throws -> BackupOutcome {
        let source = source
        let tree = try await BackupRepository.disk.run { try SourceTree(source) }
        guard !tree.databases.isEmpty else { throw BackupError.noDatabase(path: source.folder.path) }
        let id = BackupID(repository.now())
        let (key, previous) = try await repository.continuation()
        // Before anything is looked at that a pruning could take away: see ``BackupRepository/prune(keeping:)``.
        try await repository.mark(id)
        let writing: BlockWriting
        do {
            writing = BlockWriting(repository, id, key, stored: try await repository.objects())
        } catch {
            await giveUp(id, nil, error)
            throw error
        }
        let manifest: BackupManifest
        let remarks: [String]
        do {
            let staging = try Staging()
            let pass = BackupPass(
                source: source, writing: writing, staging: staging, now: repository.now, previous: previous,
                blockByteCount: repository.blockByteCount)
            manifest = try await write(tree, pass, id)
            remarks = pass.remarks
            try await repository.finish(manifest, id, key)
        } catch {
            await giveUp(id, writing, error)
            throw error
        }
        let written = writing.written
        try await verify(manifest, id, key, check, written: Set(written.keys))
        return BackupOutcome(
            manifest: manifest, newObjectCount: written.count, newByteCount: written.values.reduce(0, +),
            remarks: remarks)
    }

    private func write(_ tree: SourceTree, _ pass: BackupPass, _ id: BackupID) async throws -> BackupManifest
    {
        // Opened now and put later, so that they are hardly behind the databases.
        let indexes = try await pass.capture(tree.indexes.filter { source.isHouse(tree.unit(ofIndex: $0)) })
        let databases = pass.inOrder(
            tree.databases.filter { source.isHouse(($0 as NSString).deletingLastPathComponent) })
        var moment = repository.now()
        var missing: Set<String>?
        var found: SourceTree
        var kept: [BackupManifest.File]
        // Of an earlier attempt: a file never changes, so its bytes are right even when it has gone since.
        var earlier: [String: BackupManifest.File] = [:]
        var copies: BackupPass.Databases
        repeat {
            moment = repository.now()
            copies = try await pass.copies(of: databases)
            found = try await BackupRepository.disk.run { [source] in try SourceTree(source) }
            kept = try await pass.plain(found.files)
            kept += copies.references.subtracting(kept.map(\.path)).compactMap { earlier[$0] }
            for file in kept { earlier[file.path] = file }
            let lacking = copies.references.subtracting(kept.map(\.path))
            // What is missing twice was not removed in between: its row names what is not there.
            let isSettled = lacking.isEmpty || lacking == missing || pass.attempts >= Self.attemptLimit
            missing = lacking
            if isSettled { break }
            await pass.discard(copies)
        } while true
        for path in (missing ?? []).sorted().prefix(20) {
            pass.remark("\(path) is named by a database and is not there")
        }
        var files = try await pass.put(copies) + kept
        files += try await pass.put(indexes)
        // The outer ones first, and what lies below them is listed anew afterwards: a database may name folders further in
        // (the catalog of collections does), and each that it names as it was copied is there then.
        var done: Set<String> = []
        while let folder = Self.outermost(of: found, besides: done.union(source.houses)) {
            if done.isEmpty || Self.depth(of: folder) > (done.map(Self.depth).max() ?? 0) {
                found = try await BackupRepository.disk.run { [source] in try SourceTree(source) }
            }
            done.insert(folder)
            let nested = found.databases.filter { ($0 as NSString).deletingLastPathComponent == folder }
            guard !nested.isEmpty else { continue }
            let indexes = try await pass.capture(found.indexes.filter { found.unit(ofIndex: $0) == folder })
            let copies = try await pass.copies(of: nested.sorted())
            files += try await pass.put(copies)
            files += try await pass.put(indexes)
        }
        for path in found.leftOut { pass.remark("\(path) is neither a file nor a folder and was left out") }
        return BackupManifest(
            product: source.product, id: id, createdAt: moment, blockByteCount: repository.blockByteCount,
            files: files)
    }

    /// The folder with databases that is to be copied next; `nil` when all have been.
    private static func outermost(of tree: SourceTree, besides done: Set<String>) -> String? {
        Set(tree.databases.map { ($0 as NSString).deletingLastPathComponent })
            .filter { !$0.isEmpty && !done.contains($0) }
            .min { (depth(of: $0), $0) < (depth(of: $1), $1) }
    }

    private static func depth(of folder: String) -> Int { folder.count { $0 == "/" } + 1 }

    private func verify(
        _ manifest: BackupManifest, _ id: BackupID, _ key: BackupKey?, _ check: BackupCheck,
        written: Set<String>
    ) async throws {
        do {
            switch check {
            case .none: return
            case .written: try await repository.checkBlocks(of: manifest, key, reading: written)
            case .whole:
                if let first = try await repository.damage(in: manifest, key).first { throw first }
            }
        } catch let error as BackupError where error.isDamage {
            // A backup that cannot be restored is none.
            try await repository.removeManifest(of: id)
            throw error
        }
    }

    /// Tidies up after an error, as far as that is possible.
    private func giveUp(_ id: BackupID, _ writing: BlockWriting?, _ error: any Error) async {
        // A cancelled task's requests would be refused, so that a task of its own does it.
        await Task { [repository] in
            if case BackupError.diskFull = error, let writing {
                for name in writing.written.keys { try? await repository.removeObject(name) }
            }
            try? await repository.unmark(id)
        }.value
    }
}
