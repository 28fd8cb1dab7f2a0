import Foundation

/// In the folder of a collection of one process: into which journals its points were put, a line each.
///
/// The line of one that was begun has another before it, which says as what: a process that was ended between the journal's
/// commit and the note asks for the same again, and makes no second one.
struct MoveNote: Sendable {
    static let fileName = "moved"
    private static let begun = "begun"
    private let folder: URL
    private let place: String

    /// - Parameter place: names the journal.
    init(_ files: CollectionFolder, _ place: String) {
        folder = files.url
        self.place = place
    }

    private var url: URL { folder.appendingPathComponent(Self.fileName) }

    private var lines: [String] {
        get throws {
            guard FileManager.default.fileExists(atPath: url.path) else { return [] }
            return try String(contentsOf: url, encoding: .utf8).split(separator: "\n").map(String.init)
        }
    }

    var isDone: Bool { get throws { try lines.contains(place) } }

    /// Notes that it is begun, unless that stands there.
    ///
    /// - Returns: as what it is put there.
    func begin() throws -> String {
        let lines = try lines
        for line in lines {
            let parts = line.split(separator: " ", maxSplits: 2).map(String.init)
            if parts.count == 3, parts[0] == Self.begun, parts[2] == place { return parts[1] }
        }
        let incarnation = UUID().uuidString.lowercased()
        try write(lines + ["\(Self.begun) \(incarnation) \(place)"])
        return incarnation
    }

    func end() throws { try write(lines + [place]) }

    /// In the place of what is there, safe from a power cut.
    private func write(_ lines: [String]) throws {
        let draft = folder.appendingPathComponent("\(Self.fileName).new")
        try Data(lines.map { "\($0)\n" }.joined().utf8).write(to: draft)
        let file = try FileHandle(forWritingTo: draft)
        try file.synchronize()
        try file.close()
        guard rename(draft.path, url.path) == 0 else {
            throw CollectionError.storage(file: url.path, reason: String(cString: strerror(errno)))
        }
        try CollectionFolder.synchronize(folder)
    }
}
