import Foundation

/// What lies in a data folder, told apart by names alone: nothing is opened.
struct SourceTree: Sendable {
    static let depthLimit = 32
    private static let databaseEndings = [".sqlite", ".sqlite3", ".db"]
    /// What its senders send anew: files that had not come whole.
    private static let transient = ["lock", "unfinished-uploads"]
    private static let companions = ["-wal", "-shm", "-journal"]

    /// Databases, relative to the folder.
    private(set) var databases: [String] = []
    /// Folders of indexes: those with an `index.lock` or an `index.log`, and without a database.
    private(set) var indexes: [String] = []
    private(set) var files: [String] = []
    /// What is neither a file nor a folder.
    private(set) var leftOut: [String] = []

    /// Waits for the disk.
    init(_ source: BackupSource) throws(BackupError) {
        var status = stat()
        guard stat(source.folder.path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw .noFolder(path: source.folder.path)
        }
        try enter("", depth: 0, source)
    }

    /// - Parameter depth: bounds the recursion.
    private mutating func enter(_ folder: String, depth: Int, _ source: BackupSource) throws(BackupError) {
        guard depth <= Self.depthLimit else {
            leftOut.append(folder)
            return
        }
        let path = folder.isEmpty ? source.folder.path : source.path(folder)
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        } catch {
            // It may have gone since its name was read.
            guard access(path, F_OK) == 0 else { return }
            throw .unreadable(path: path, reason: "its names cannot be listed; mend its rights")
        }
        // The collections' folder has a lock of the same name, and databases: an index has none.
        let isIndex = names.contains("index.lock") || names.contains("index.log")
        if isIndex, !names.contains(where: Self.isDatabase) {
            indexes.append(folder)
            return
        }
        for name in names where Self.isKept(name, atRoot: source.isHouse(folder), source) {
            let relative = folder.isEmpty ? name : "\(folder)/\(name)"
            var status = stat()
            guard lstat(source.path(relative), &status) == 0 else { continue }
            switch status.st_mode & S_IFMT {
            case S_IFDIR: try enter(relative, depth: depth + 1, source)
            case S_IFREG where Self.isDatabase(name): databases.append(relative)
            case S_IFREG: files.append(relative)
            default: leftOut.append(relative)
            }
        }
    }

    static func isDatabase(_ name: String) -> Bool { databaseEndings.contains { name.hasSuffix($0) } }

    /// Locks, drafts that a rename has not reached yet, and what SQLite keeps beside a database are no part of a backup.
    private static func isKept(_ name: String, atRoot isRoot: Bool, _ source: BackupSource) -> Bool {
        if isRoot,
            source.excludedNames.contains(name) || transient.contains(name)
                || name.hasPrefix("workspace.key.")
        {
            return false
        }
        let isCompanion = companions.contains { ending in
            name.hasSuffix(ending) && isDatabase(String(name.dropLast(ending.count)))
        }
        return !isCompanion && !name.hasPrefix(".") && !name.hasSuffix(".lock")
    }

    /// The folder whose database an index belongs to: the nearest one above it that has a database, else the root.
    func unit(ofIndex index: String) -> String {
        let folders = Set(databases.map { ($0 as NSString).deletingLastPathComponent })
        var place = index
        while !place.isEmpty, !folders.contains(place) {
            place = (place as NSString).deletingLastPathComponent
        }
        return place
    }
}
