import Foundation

/// What a published snapshot of the indexes is: their files as lists of blocks, and the state of the database that they
/// belong to. docs/index-format.md has the format.
public struct SnapshotManifest: Codable, Sendable, Hashable {
    static let formatVersion = 1
    /// Bytes of a block of what is published here.
    public static let standardBlockByteCount = 4 << 20
    /// The largest block that is read, so that what is fetched at a time stays small.
    static let blockByteLimit = 8 << 20
    static let fileLimit = 10_000
    static let fileByteLimit = 1 << 44
    static let manifestByteLimit = 64 << 20

    /// An index of which files come together.
    public enum Part: String, Codable, Sendable, CaseIterable {
        case vectors, words
    }

    /// A file, cut into blocks of equal length but for the last.
    struct File: Codable, Sendable, Hashable {
        var part: Part
        var name: String
        var byteCount: Int
        /// The SHA-256 of each block, in hexadecimal, by which the object that holds it is named.
        var blocks: [String]
    }

    /// What a passage's vector was, so that a database whose numbers have come to mean other passages is told.
    struct Probe: Codable, Sendable, Hashable {
        var id: Int64
        /// SHA-256 of the vector's floats, the least significant byte first.
        var sha256: String
    }

    var format = Self.formatVersion
    /// The identity of the database.
    var corpus: String
    var fingerprint: String
    /// For people.
    var model: String
    /// The program that wrote it, for people.
    var product: String
    /// The database's when the files were open: nothing in them is newer.
    public internal(set) var generation: Int64
    /// The last change of the database when the files were open.
    public internal(set) var sequence: Int64
    /// The last change that the indexes were level with before the files were opened: nothing up to it is missing but what
    /// the vectors' log had beyond their file.
    public internal(set) var level: Int64
    /// Seconds since 1970.
    var publishedAt: Int64
    /// In the file, without what the log had beyond it.
    public internal(set) var vectorCount: Int
    public internal(set) var wordCount: Int
    var blockByteCount: Int
    var files: [File]
    var probes: [Probe]

    func files(of part: Part) -> [File] { files.filter { $0.part == part } }

    /// How many passages the snapshot of an index holds.
    public func count(of part: Part) -> Int {
        switch part {
        case .vectors: vectorCount
        case .words: wordCount
        }
    }

    /// Every object that it needs.
    var objects: Set<String> { Set(files.flatMap(\.blocks)) }

    public var byteCount: Int { files.reduce(0) { $0 + $1.byteCount } }

    func encoded() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self)
    }
}

extension SnapshotManifest {
    /// What every version of the format has.
    private struct Version: Decodable {
        var format: Int
    }

    /// Reads a manifest and refuses what cannot be one: lengths that contradict each other, names that could lie
    /// elsewhere.
    ///
    /// - Parameter object: its key, for errors.
    /// - Throws: ``IndexSnapshotError/newerFormat(object:found:known:)`` or
    ///   ``IndexSnapshotError/damaged(object:reason:)``.
    init(parsing data: Data, object: String) throws(IndexSnapshotError) {
        let decoder = JSONDecoder()
        guard let version = try? decoder.decode(Version.self, from: data) else {
            throw .damaged(object: object, reason: "it is no manifest")
        }
        guard version.format <= Self.formatVersion else {
            throw .newerFormat(object: object, found: version.format, known: Self.formatVersion)
        }
        do {
            self = try decoder.decode(SnapshotManifest.self, from: data)
        } catch {
            throw .damaged(object: object, reason: "it is no manifest of format \(version.format)")
        }
        if let fault { throw .damaged(object: object, reason: fault) }
    }

    private var fault: String? {
        guard format == Self.formatVersion, (1...Self.blockByteLimit).contains(blockByteCount) else {
            return "its blocks have \(blockByteCount) bytes; 1 to \(Self.blockByteLimit) are read"
        }
        guard level <= sequence else { return "it is level with change \(level), which is after \(sequence)" }
        guard generation >= 0, level >= 0, vectorCount >= 0, wordCount >= 0 else {
            return "it counts below nothing"
        }
        guard files.count <= Self.fileLimit, probes.count <= SnapshotProbes.limit else {
            return "it lists \(files.count) files; \(Self.fileLimit) are read at most"
        }
        var names: Set<String> = []
        for file in files {
            guard names.insert("\(file.part.rawValue)/\(file.name)").inserted, file.part.accepts(file.name)
            else {
                return "“\(file.name.prefix(80))” is no file of an index"
            }
            guard (0...Self.fileByteLimit).contains(file.byteCount),
                file.blocks.count == (file.byteCount + blockByteCount - 1) / blockByteCount,
                file.blocks.allSatisfy(SnapshotObject.isName)
            else { return "the blocks of \(file.name) do not make up its length" }
        }
        return nil
    }
}
