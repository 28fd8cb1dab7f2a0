import Foundation
import Moving

/// What of a data folder is in no database, and so was not moved.
struct LeftBehind: Sendable {
    /// The folder that has it.
    let folder: URL
    /// The folder that needs it; `nil` when it is the same.
    let wanted: URL?
    /// What is there of it.
    let names: [String]

    /// - Parameter folder: that of the settings, which a database server is served with. Collections are moved by
    ///   themselves.
    init(source: MovePlace, target: MovePlace, folder: URL) {
        self.folder = Self.folder(source) ?? folder
        let wanted = Self.folder(target) ?? folder
        self.wanted = wanted.standardizedFileURL == self.folder.standardizedFileURL ? nil : wanted
        let found = (try? FileManager.default.contentsOfDirectory(atPath: self.folder.path)) ?? []
        // Indexes, locks and logs are made anew, and both databases were moved.
        var made = ["corpus.sqlite", "workspace.sqlite", "index", "words", "postgres"]
        if case (.folder, .folder) = (source, target) {} else { made.append(Services.collectionsFolder) }
        names = found.filter { name in
            !made.contains(name) && !name.hasSuffix("-wal") && !name.hasSuffix("-shm")
                && !name.hasSuffix("lock") && !name.hasPrefix(".")
        }.sorted()
    }

    private static func folder(_ place: MovePlace) -> URL? {
        if case .folder(let url) = place { url } else { nil }
    }

    var text: String {
        let indexes = "The first start makes the indexes anew, of the embeddings that were moved."
        guard !names.isEmpty else { return indexes }
        let listed = names.joined(separator: ", ")
        guard let wanted else {
            return
                "What is in no database stays in \(folder.path): \(listed). Keep serving with that folder. \(indexes)"
        }
        return """
            What is in no database is still in \(folder.path) alone: \(listed). Copy it to \(wanted.path) before you \
            serve; secrets are sealed with workspace.key, or with the keys that KMS guards. \(indexes)
            """
    }
}
