import Foundation

/// The files of one collection.
struct CollectionFolder: Sendable {
    let url: URL

    init(_ root: URL, _ name: String) {
        url = root.appendingPathComponent(name, isDirectory: true)
    }

    var database: URL { url.appendingPathComponent(PointDatabase.fileName) }
    var index: URL { url.appendingPathComponent(Levelling.folderName, isDirectory: true) }

    static let prefix = "c-"
    static let uploadPrefix = "upload-"
    static let snapshotPrefix = "snapshot-"
    /// A name that no other folder ever had.
    static func freshName(_ prefix: String = prefix) -> String { prefix + UUID().uuidString.lowercased() }

    /// The same for a copy of a collection that processes share: its name tells of which incarnation it is.
    static func freshName(ofCopy incarnation: String) -> String { freshName("\(prefix)\(incarnation)-") }

    /// Of which incarnation the folder of this name has a copy; `nil` where it has none.
    static func incarnation(of name: String) -> String? {
        let parts = name.dropFirst(prefix.count).split(separator: "-")
        // Two UUIDs of five groups each.
        return name.hasPrefix(prefix) && parts.count == 10 ? parts.prefix(5).joined(separator: "-") : nil
    }

    /// Removes what belongs to no collection.
    static func removeLeftovers(in root: URL, except kept: Set<String>) {
        let files = FileManager.default
        let names = (try? files.contentsOfDirectory(atPath: root.path)) ?? []
        for name in names where !kept.contains(name) {
            guard [prefix, uploadPrefix, snapshotPrefix].contains(where: { name.hasPrefix($0) }) else {
                continue
            }
            // What stays is looked at again with the next opening.
            try? files.removeItem(at: root.appendingPathComponent(name))
        }
    }

    /// Whether nothing of it is there.
    var isAbsent: Bool { !FileManager.default.fileExists(atPath: database.path) }

    /// Bytes of its files.
    var byteCount: Int {
        let files = FileManager.default
        let names = (try? files.subpathsOfDirectory(atPath: url.path)) ?? []
        return names.reduce(0) { sum, name in
            let attributes = try? files.attributesOfItem(atPath: url.appendingPathComponent(name).path)
            guard attributes?[.type] as? FileAttributeType == .typeRegular else { return sum }
            return sum + (attributes?[.size] as? Int ?? 0)
        }
    }

    /// Makes the names in a folder safe from a power cut.
    static func synchronize(_ folder: URL) throws(CollectionError) {
        let descriptor = open(folder.path, O_RDONLY | O_CLOEXEC)
        defer { if descriptor >= 0 { close(descriptor) } }
        guard descriptor >= 0, fsync(descriptor) == 0 else {
            throw .storage(file: folder.path, reason: String(cString: strerror(errno)))
        }
    }
}
