import Foundation

/// A file that is being fetched: `NAME.partial`, and in `NAME.partial.tag` the hub's tag for it, so that a
/// later attempt goes on only with the same content.
///
/// Used by one task at a time.
final class PartialFile {
    private let target: URL
    private let path: URL
    private let tagPath: URL
    private var handle: FileHandle
    /// Bytes that are there.
    private(set) var count: Int
    /// The tag of the content that the bytes are of; `nil` if there is none, and nothing can be gone on with.
    private(set) var tag: String?

    /// Takes up what an earlier attempt left for `target`.
    init(_ target: URL) throws(ModelsError) {
        self.target = target
        path = target.appendingPathExtension("partial")
        tagPath = path.appendingPathExtension("tag")
        do {
            try FileManager.default.createDirectory(
                at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
            tag = try? String(contentsOf: tagPath, encoding: .utf8)
            if tag == nil || !FileManager.default.fileExists(atPath: path.path) {
                try Data().write(to: path)
            }
            handle = try FileHandle(forUpdating: path)
            count = Int(try handle.seekToEnd())
        } catch {
            throw .unreadable(file: path.path, reason: error.localizedDescription)
        }
    }

    /// Forgets what is there.
    func restart(tag: String?) throws(ModelsError) {
        do {
            try handle.truncate(atOffset: 0)
            count = 0
            // A weak tag does not promise the same bytes.
            self.tag = tag.flatMap { $0.hasPrefix("W/") ? nil : $0 }
            if let tag = self.tag {
                try Data(tag.utf8).write(to: tagPath, options: .atomic)
            } else if FileManager.default.fileExists(atPath: tagPath.path) {
                try FileManager.default.removeItem(at: tagPath)
            }
        } catch {
            throw .unreadable(file: path.path, reason: error.localizedDescription)
        }
    }

    func append(_ bytes: Data) throws(ModelsError) {
        do {
            try handle.write(contentsOf: bytes)
            count += bytes.count
        } catch {
            throw .unreadable(file: path.path, reason: error.localizedDescription)
        }
    }

    /// Takes what is there away; for a file that the hub does not have.
    func discard() {
        try? handle.close()
        for file in [path, tagPath] { try? FileManager.default.removeItem(at: file) }
    }

    /// Makes the file durable and gives it its name.
    ///
    /// - Returns: its SHA-256, in hexadecimal.
    func finish() throws(ModelsError) -> String {
        let hash = try HubReceipt.hash(path)
        do {
            try handle.synchronize()
            try handle.close()
            guard rename(path.path, target.path) == 0 else {
                throw CocoaError(.fileWriteUnknown)
            }
            try? FileManager.default.removeItem(at: tagPath)
        } catch {
            throw .unreadable(file: target.path, reason: error.localizedDescription)
        }
        return hash
    }
}
