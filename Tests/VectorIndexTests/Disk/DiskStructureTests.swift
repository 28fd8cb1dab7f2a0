import Foundation
import Testing

@testable import VectorIndex

@Suite(.timeLimit(.minutes(3))) struct `A disk region` {
    private let page = MappedRegion.pageByteCount

    private func withFile<R>(_ bytes: [UInt8], _ body: (FileDescriptor, URL) throws -> R) throws -> R {
        try withTemporaryDirectory { directory in
            let url = directory.appendingPathComponent("part")
            try Data(bytes).write(to: url)
            return try body(FileDescriptor(url.path, flags: O_RDONLY, operation: "open"), url)
        }
    }

    @Test func `of memory alone begins empty, grows zeroed and does not move`() throws {
        let region = try MappedRegion(reserving: 64 << 20)
        #expect(region.committedByteCount == 0 && region.residentByteCount() == 0)
        let base = region.base
        for size in [1, page, page + 1, 5 << 20, 64 << 20] {
            try region.commit(upTo: size)
            #expect(region.committedByteCount >= size && region.base == base)
            #expect(base.load(fromByteOffset: size - 1, as: UInt8.self) == 0)
            memset(base, 1, size)
        }
        #expect(region.committedByteCount == 64 << 20)
        #expect(region.residentByteCount() == 64 << 20)
        region.advise(.random)
        #expect(base.load(fromByteOffset: 12_345_678, as: UInt8.self) == 1)
    }

    @Test func `grows by a quarter at least, and a little one by pages`() throws {
        let region = try MappedRegion(reserving: 64 << 20)
        try region.commit(upTo: 1)
        #expect(region.committedByteCount == page)
        try region.commit(upTo: 16 << 20)
        try region.commit(upTo: 16 << 20 + 1)
        #expect(region.committedByteCount == 20 << 20)
    }

    @Test(arguments: [0, 1, 4095, 4096, 4097, 10_000])
    func `of a file's part holds that part and zeros behind it`(length: Int) throws {
        let bytes = (0..<20_000).map { UInt8(truncatingIfNeeded: $0 * 7 + 1) | 1 }
        try withFile(bytes) { file, _ in
            let region = try MappedRegion(mapping: file, offset: 4096, length: length, reserving: 1 << 20)
            try region.commit(upTo: 1 << 20)
            let content = UnsafeRawBufferPointer(start: region.base, count: 1 << 20)
            #expect(content.prefix(length).elementsEqual(bytes[4096..<(4096 + length)]))
            #expect(content.dropFirst(length).allSatisfy { $0 == 0 })
            #expect(region.fileByteCount == length)
        }
    }

    @Test func `that is written changes no file`() throws {
        let bytes = [UInt8](repeating: 5, count: 3 * 4096)
        try withFile(bytes) { file, url in
            let region = try MappedRegion(mapping: file, offset: 0, length: bytes.count, reserving: 1 << 20)
            memset(region.base, 6, bytes.count)
            #expect(try Data(contentsOf: url) == Data(bytes))
            let other = try MappedRegion(mapping: file, offset: 0, length: bytes.count, reserving: 1 << 20)
            #expect(other.base.load(as: UInt8.self) == 5)
        }
    }

    @Test func `keeps the file it was made from when another takes its name`() throws {
        try withFile([UInt8](repeating: 5, count: 4096)) { file, url in
            let region = try MappedRegion(mapping: file, offset: 0, length: 4096, reserving: 4096)
            try FileManager.default.removeItem(at: url)
            #expect(region.base.load(fromByteOffset: 4095, as: UInt8.self) == 5)
        }
    }

    @Test func `may be larger than memory`() throws {
        try withFile([1]) { _, url in
            let file = try FileDescriptor(url.path, flags: O_RDWR, operation: "open")
            // Holes take no room on the device.
            let byteCount = 1 << 38
            try file.truncate(to: byteCount)
            let region = try MappedRegion(
                mapping: file, offset: 0, length: byteCount, reserving: byteCount + 1 << 30)
            #expect(region.base.load(as: UInt8.self) == 1)
            region.base.storeBytes(of: 2, toByteOffset: byteCount - 1, as: UInt8.self)
            try region.commit(upTo: byteCount + 1 << 20)
            #expect(region.base.load(fromByteOffset: byteCount, as: UInt8.self) == 0)
        }
    }

    @Test func `beyond the file's end is refused`() throws {
        try withFile([UInt8](repeating: 5, count: 4097)) { file, url in
            let error = VectorIndexError.damaged(
                file: url.path, reason: "it has 4097 bytes; a section should end at 4098")
            #expect(throws: error) {
                try MappedRegion(mapping: file, offset: 4096, length: 2, reserving: 4096)
            }
            #expect(throws: VectorIndexError.self) {
                try MappedRegion(mapping: file, offset: 1 << 40, length: 0, reserving: 4096)
            }
        }
    }

    @Test func `larger than the address space is refused`() {
        #expect(throws: VectorIndexError.self) {
            let all = try (0..<4).map { _ in try MappedRegion(reserving: 1 << 46 - 1) }
            Issue.record("\(all.count) regions")
        }
    }
}

@Suite(.timeLimit(.minutes(3))) struct `A disk lock` {
    @Test func `keeps others out until it is gone, and makes its directory`() throws {
        try withTemporaryDirectory { parent in
            let directory = parent.appendingPathComponent("deep/down")
            var lock: DirectoryLock? = try DirectoryLock(directory)
            #expect(throws: VectorIndexError.inUse(directory: directory.path)) {
                try DirectoryLock(directory)
            }
            _ = lock
            lock = nil
            lock = try DirectoryLock(directory)
            #expect(VectorIndexError.inUse(directory: "/d").description.contains("/d is open already"))
        }
    }

    @Test func `is held against another process, and by none that was started meanwhile`() throws {
        try withTemporaryDirectory { directory in
            let path = directory.appendingPathComponent(DirectoryLock.name).path
            func canLock() throws -> Bool {
                let process = Process()
                process.executableURL = URL(fileURLWithPath: "/usr/bin/flock")
                process.arguments = ["--nonblock", path, "true"]
                try process.run()
                process.waitUntilExit()
                return process.terminationStatus == 0
            }
            var lock: DirectoryLock? = try DirectoryLock(directory)
            let child = Process()
            child.executableURL = URL(fileURLWithPath: "/bin/sleep")
            child.arguments = ["20"]
            try child.run()
            defer {
                kill(child.processIdentifier, SIGKILL)
                child.waitUntilExit()
            }
            #expect(try canLock() == false)
            _ = lock
            lock = nil
            #expect(try canLock() == true)
        }
    }

    @Test func `sweeps up what a killed process left half written, and nothing else`() throws {
        try withTemporaryDirectory { directory in
            let names = ["index.hnsw.new", "index.log.new", "index.hnsw", "index.log", "mine"]
            for name in names { try Data([1]).write(to: directory.appendingPathComponent(name)) }
            let lock = try DirectoryLock(directory)
            try lock.removeLeftovers(in: directory)
            let left = try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
            #expect(left == ["index.hnsw", "index.lock", "index.log", "mine"])
        }
    }
}

@Suite struct `The disk's checksum` {
    @Test func `is the same in one go and in pieces, at every length and alignment`() {
        var numbers = SeededNumbers(seed: 91)
        let bytes = (0..<400).map { _ in UInt8(truncatingIfNeeded: numbers.next()) }
        for length in 0..<300 {
            for start in [0, 1, 7] {
                let part = Array(bytes[start..<(start + length)])
                var pieces = Checksum()
                for byte in part { withUnsafeBytes(of: byte) { pieces.update($0) } }
                let whole = bytes.withUnsafeBytes {
                    Checksum.of(UnsafeRawBufferPointer(rebasing: $0[start..<(start + length)]))
                }
                #expect(whole == pieces.value, "seed 91, \(length) bytes from \(start)")
            }
        }
    }
}
