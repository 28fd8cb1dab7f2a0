import Foundation

/// What this process holds in memory, from `/proc/self/status`.
struct ResidentMemory: Codable {
    /// Bytes that are nobody's file: the heap.
    var anonymous: Int
    /// Bytes of mapped files that are in memory at the moment.
    var file: Int

    var total: Int { anonymous + file }

    /// Now, after freed memory went back to the system.
    static func now() throws -> ResidentMemory {
        try GNULibrary.trimHeap()
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        func bytes(_ field: String) -> Int {
            let line = status.split(separator: "\n").first { $0.hasPrefix(field + ":") } ?? ""
            let kilobytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first
            return (kilobytes.flatMap { Int($0) } ?? 0) * 1024
        }
        return ResidentMemory(anonymous: bytes("RssAnon"), file: bytes("RssFile"))
    }

    /// The most bytes that this process ever held at once.
    static func peak() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
        let kilobytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first
        return (kilobytes.flatMap { Int($0) } ?? 0) * 1024
    }

    static func - (after: ResidentMemory, before: ResidentMemory) -> ResidentMemory {
        ResidentMemory(anonymous: after.anonymous - before.anonymous, file: after.file - before.file)
    }
}
