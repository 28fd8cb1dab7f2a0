import Foundation

/// One contender's figures: the shape `Benchmarks/index_peers.py` writes for the peers, so that one report
/// reads both. Absent is what was not measured.
struct ContenderResult: Codable {
    var name: String
    var library = "millrace"
    var ours = true
    var parameters: String
    /// Seconds to build, by the number of threads.
    var buildSeconds: [String: Double] = [:]
    var bytesPerVector: Bytes?
    var points: [Point] = []
    /// Exact search only: queries a second of a whole batch, by the number of threads.
    var exactQueriesPerSecond: [String: Double]?
    var disk: Disk?

    struct Bytes: Codable {
        /// Growth of this process while the index was built.
        var resident: Double
        /// What the index says of itself.
        var stated: Double
        /// Size of what was saved.
        var serialized: Double?
    }

    struct Point: Codable {
        /// The search's width: `efSearch`, or what the library has in its place.
        var ef: Int
        var recall: Double
        var queriesPerSecond: Double
        var queriesPerSecond2: Double?
        var p50Microseconds: Double
        var p99Microseconds: Double
    }

    struct Disk: Codable {
        var saveSeconds: Double
        var fileBytes: Int
    }

    /// Writes the file whole or not at all.
    func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try encoder.encode(self).write(to: URL(filePath: path), options: .atomic)
    }
}
