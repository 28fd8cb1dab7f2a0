import Foundation
import TestSupport
import Testing

@testable import Files

@Suite struct `Files that are read in parts` {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    private func file(_ byteCount: Int) throws -> (path: String, bytes: Data) {
        let bytes = Data((0..<byteCount).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) })
        let url = folder.url.appendingPathComponent("file")
        try bytes.write(to: url)
        return (url.path, bytes)
    }

    @Test(arguments: [0, 1, 4_095, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3_000_001])
    func `give each part as it is, and none behind the end`(byteCount: Int) throws {
        let (path, bytes) = try file(byteCount)
        let file = try PagedFile(path)
        #expect(file.byteCount == byteCount)
        #expect(try file.read(at: 0, count: byteCount) == bytes)
        #expect(try file.read(at: 0, count: 2 * byteCount + 1) == bytes)
        let middle = byteCount / 2
        #expect(try file.read(at: middle, count: byteCount) == bytes[middle...])
        for offset in [byteCount, byteCount + 1, -1] {
            #expect(try file.read(at: offset, count: 1 << 21).isEmpty)
        }
    }

    @Test func `are as they were opened, though another takes the name`() throws {
        let (path, bytes) = try file(1 << 21)
        let file = try PagedFile(path)
        try Data("other".utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        #expect(try file.read(at: 0, count: 1 << 21) == bytes)
        // A part outlives the file.
        let part = try { try PagedFile(path).read(at: 0, count: 5) }()
        #expect(part == Data("other".utf8))
    }

    @Test func `that are not there, or are no files, are told apart`() throws {
        #expect(throws: PagedFile.Errno.noSuchFile) {
            _ = try PagedFile(folder.url.appendingPathComponent("none").path)
        }
        #expect(throws: PagedFile.Errno(code: EISDIR)) { _ = try PagedFile(folder.url.path) }
    }
}
