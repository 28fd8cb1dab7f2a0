import Documents
import Foundation

/// The JSON files of an uploaded archive, read in memory.
enum ZippedFiles {
    private static let limits = ZipLimits(
        entryCount: 1_000, uncompressedBytes: 32 << 20, compressionRatio: 50, ratioGraceBytes: 1 << 20)

    static func read(_ archive: Data) throws -> [(name: String, data: Data)] {
        var files: [(name: String, data: Data)] = []
        try ZipArchive(bytes: Array(archive), limits: limits).read(
            wanted: { $0.hasSuffix(".json") },
            visit: { name, stream in
                files.append((name, Data(try stream.readAll(limit: limits.uncompressedBytes).bytes)))
            })
        return files
    }
}
