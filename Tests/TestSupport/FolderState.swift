import Foundation

/// Everything in a folder at one moment: names, sizes, bytes, rights and times of change.
///
/// Two of them are equal when nothing was made, written, touched or removed in between.
public struct FolderState: Equatable, Sendable {
    private struct Entry: Equatable, Sendable {
        var mode: UInt32
        var byteCount: Int
        var seconds: Int
        var nanoseconds: Int
        var bytes: Data?
    }

    private var entries: [String: Entry] = [:]

    /// - Parameter folder: may be absent, which is a state as well.
    public init(_ folder: URL) throws {
        let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        for name in [""] + names {
            let path = name.isEmpty ? folder.path : folder.appendingPathComponent(name).path
            var status = stat()
            guard stat(path, &status) == 0 else { continue }
            let isFile = status.st_mode & S_IFMT == S_IFREG
            entries[name] = Entry(
                mode: status.st_mode, byteCount: Int(status.st_size), seconds: status.st_mtim.tv_sec,
                nanoseconds: status.st_mtim.tv_nsec,
                bytes: isFile ? try Data(contentsOf: URL(fileURLWithPath: path)) : nil)
        }
    }

    /// Names of what is there, the folder itself as the empty one, in order.
    public var names: [String] { entries.keys.sorted() }

    /// Names of what differs, in order.
    public func changes(since earlier: FolderState) -> [String] {
        Set(entries.keys).union(earlier.entries.keys).filter { entries[$0] != earlier.entries[$0] }.sorted()
    }
}
