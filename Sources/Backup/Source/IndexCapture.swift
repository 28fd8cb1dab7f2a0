import Foundation

/// The files of an index, opened as they were together at one moment.
///
/// What an index is made of never changes in place but for its log, which grows: snapshot, segments and manifest are new
/// files that take an old name. So files that are open and have their names still, once all are open, were there
/// together at that moment. The log is opened once more behind that: it has all that the others say is in it, and what
/// came since is only more of the same. That is a state that a kill could have left, and the next opening knows how to
/// go on from it.
enum IndexCapture {
    struct File: Sendable {
        /// Relative to the data folder.
        var path: String
        var file: OpenFile
    }

    private static let attemptLimit = 16

    /// Waits for the disk.
    ///
    /// - Returns: `nil` when the index was written anew each time it was looked at.
    static func open(_ index: String, _ source: BackupSource) throws(BackupError) -> [File]? {
        for _ in 0..<attemptLimit {
            if let files = try attempt(index, source) { return files }
        }
        return nil
    }

    private static func attempt(_ index: String, _ source: BackupSource) throws(BackupError) -> [File]? {
        // Those that are replaced come first: what they name is listed while they are in force.
        let heads = try names(index, source).filter { $0.hasPrefix("index.") }
        guard let first = try open(heads, in: index, source) else { return nil }
        let segments = try names(index, source).filter { !$0.hasPrefix("index.") }
        guard let rest = try open(segments, in: index, source) else { return nil }
        let areStillThere = first.allSatisfy { head in
            FileStamp(path: source.path(head.path))?.inode == head.file.stamp.inode
        }
        guard areStillThere else { return nil }
        let logs = try open(heads.filter { $0.hasSuffix(".log") }, in: index, source) ?? []
        guard logs.allSatisfy({ log in first.contains { $0.file.stamp.inode == log.file.stamp.inode } })
        else {
            return nil
        }
        let isLog = Set(logs.map(\.path))
        return first.filter { !isLog.contains($0.path) } + logs + rest
    }

    /// - Returns: `nil` when one of them has gone meanwhile.
    private static func open(
        _ names: [String], in index: String, _ source: BackupSource
    ) throws(BackupError) -> [File]? {
        var files: [File] = []
        for name in names {
            let path = "\(index)/\(name)"
            guard let file = try OpenFile(source.path(path)) else { return nil }
            files.append(File(path: path, file: file))
        }
        return files
    }

    /// Files of the index, without its lock and what is half written.
    private static func names(_ index: String, _ source: BackupSource) throws(BackupError) -> [String] {
        let path = source.path(index)
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
            // It may have been removed with its database.
            guard access(path, F_OK) == 0 else { return [] }
            throw .unreadable(path: path, reason: "its names cannot be listed; mend its rights")
        }
        return names.sorted().filter { name in
            var status = stat()
            return !name.hasSuffix(".lock") && !name.hasSuffix(".new") && !name.hasPrefix(".")
                && lstat(path + "/" + name, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        }
    }
}
