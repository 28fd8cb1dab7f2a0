import Foundation
import Testing

@testable import VectorIndex

@Suite(.timeLimit(.minutes(5))) struct `A disk log cut off by a crash` {
    private let records = LogFixture.records

    @Test func `anywhere in its last record opens without it, and goes on`() throws {
        try withTemporaryDirectory { directory in
            let fixture = LogFixture(directory: directory)
            let ends = try fixture.write()
            let sound = try Data(contentsOf: URL(fileURLWithPath: fixture.path))
            for length in ends[ends.count - 2]..<sound.count {
                try sound.prefix(length).write(to: URL(fileURLWithPath: fixture.path))
                let (log, found) = try fixture.open()
                #expect(found == records.dropLast(), "\(length) bytes")
                #expect(log.byteCount == ends[ends.count - 2])
                try PlainRecord.generation(99).append(to: log)
                #expect(try fixture.open().records == records.dropLast() + [.generation(99)])
            }
        }
    }

    @Test func `anywhere at all opens with the records before the cut`() throws {
        try withTemporaryDirectory { directory in
            let fixture = LogFixture(directory: directory)
            let ends = try fixture.write()
            let sound = try Data(contentsOf: URL(fileURLWithPath: fixture.path))
            for length in stride(from: LogHeader.byteCount, to: sound.count, by: 11) {
                try sound.prefix(length).write(to: URL(fileURLWithPath: fixture.path))
                let whole = ends.count { $0 <= length }
                #expect(try fixture.open().records == Array(records[..<whole]), "\(length) bytes")
            }
        }
    }

    @Test(arguments: [1, 55, 56, 57, 5000, 200_000])
    func `and followed by zeros opens without them`(zeros: Int) throws {
        try withTemporaryDirectory { directory in
            let fixture = LogFixture(directory: directory)
            let ends = try fixture.write()
            try withBytes(of: "index.log", in: directory) { $0.append(Data(count: zeros)) }
            let (log, found) = try fixture.open()
            #expect(found == records && log.byteCount == ends.last)
        }
    }

    @Test func `that lost any sectors of what was not flushed opens with the records before`() throws {
        try withTemporaryDirectory { directory in
            let fixture = LogFixture(directory: directory)
            // Only the first three records are committed.
            let log = try IndexLog.start(directory: directory, header: LogFixture.header())
            var ends = try records[..<3].map { record in
                try record.append(to: log)
                return log.byteCount
            }
            try log.commit(through: 3)
            let flushed = log.byteCount
            for _ in 0..<3 {
                ends += try records[3...].map { record in
                    try record.append(to: log)
                    return log.byteCount
                }
            }
            let all = records + records[3...] + records[3...]
            let sound = try Data(contentsOf: URL(fileURLWithPath: fixture.path))
            var numbers = SeededNumbers(seed: 101)
            for round in 0..<300 {
                var bytes = sound.prefix(Int.random(in: flushed...sound.count, using: &numbers))
                var firstLost = bytes.count
                for start in stride(from: flushed / 512 * 512, to: bytes.count, by: 512)
                where Int.random(in: 0..<4, using: &numbers) == 0 {
                    let lost = max(start, flushed)..<min(start + 512, bytes.count)
                    bytes.replaceSubrange(lost, with: Data(count: lost.count))
                    firstLost = min(firstLost, lost.lowerBound)
                }
                try bytes.write(to: URL(fileURLWithPath: fixture.path))
                let whole = ends.count { $0 <= firstLost }
                #expect(try fixture.open().records == Array(all[..<whole]), "seed 101, round \(round)")
            }
        }
    }
}

@Suite(.timeLimit(.minutes(5))) struct `A damaged disk log` {
    private let records = LogFixture.records

    @Test func `with any one bit changed is refused, and the record and its place are named`() throws {
        try withTemporaryDirectory { directory in
            let fixture = LogFixture(directory: directory)
            let ends = try fixture.write()
            let sound = try Data(contentsOf: URL(fileURLWithPath: fixture.path))
            for offset in 0..<sound.count {
                var bytes = sound
                bytes[offset] ^= 1 << UInt8(offset % 8)
                try bytes.write(to: URL(fileURLWithPath: fixture.path))
                let error = #expect(throws: VectorIndexError.self, "byte \(offset)") { try fixture.open() }
                guard offset >= LogHeader.byteCount, let error else { continue }
                let number = ends.count { $0 <= offset }
                let start = number == 0 ? LogHeader.byteCount : ends[number - 1]
                let name = "record \(number + 1), at offset \(start): its "
                #expect(error.description.contains(name), "byte \(offset): \(error)")
            }
        }
    }

    @Test func `whose last record is all zeros is refused as well`() throws {
        try withTemporaryDirectory { directory in
            let fixture = LogFixture(directory: directory)
            let zeros = PlainRecord.upsert(Array(0..<500), [Float](repeating: 0, count: 1500))
            _ = try fixture.write([zeros])
            let sound = try Data(contentsOf: URL(fileURLWithPath: fixture.path))
            for offset in stride(from: LogHeader.byteCount, to: sound.count, by: 37) {
                var bytes = sound
                bytes[offset] ^= 1 << UInt8(offset % 8)
                try bytes.write(to: URL(fileURLWithPath: fixture.path))
                #expect(throws: VectorIndexError.self, "byte \(offset)") { try fixture.open() }
            }
        }
    }

    @Test func `is found by verifying it while it is open`() throws {
        try withTemporaryDirectory { directory in
            let fixture = LogFixture(directory: directory)
            let ends = try fixture.write()
            let log = try fixture.open().log
            try log.verify()
            try log.commit(through: try PlainRecord.generation(5).append(to: log))
            try log.verify()
            let file = try FileDescriptor(fixture.path, flags: O_RDWR, operation: "open")
            let sound = try Data(contentsOf: URL(fileURLWithPath: fixture.path))
            for offset in stride(from: 0, to: sound.count, by: 23) {
                try Disk.system.write([sound[offset] ^ 4], to: file, at: offset)
                #expect(throws: VectorIndexError.self, "byte \(offset)") { try log.verify() }
                try Disk.system.write([sound[offset]], to: file, at: offset)
            }
            try file.truncate(to: ends[0])
            let error = fixture.damage("it ends after record 1 of 7")
            #expect(throws: error) { try log.verify() }
        }
    }

    @Test func `that lost a sector of what was acknowledged is refused`() throws {
        try withTemporaryDirectory { directory in
            let fixture = LogFixture(directory: directory)
            let ends = try fixture.write()
            let sound = try Data(contentsOf: URL(fileURLWithPath: fixture.path))
            // Up to the start of the last record, which vouches for the others.
            let last = ends[ends.count - 2]
            for start in stride(from: 0, to: last, by: 512) {
                var bytes = sound
                let lost = max(start, LogHeader.byteCount)..<min(start + 512, last)
                bytes.replaceSubrange(lost, with: Data(count: lost.count))
                try bytes.write(to: URL(fileURLWithPath: fixture.path))
                #expect(throws: VectorIndexError.self, "sector at \(start)") { try fixture.open() }
                #expect(try Data(contentsOf: URL(fileURLWithPath: fixture.path)) == bytes)
            }
        }
    }

    @Test func `with a record out of its place is refused`() throws {
        try withTemporaryDirectory { directory in
            let fixture = LogFixture(directory: directory)
            func expectRefusal(_ reason: String, sequence: UInt64 = 0, number: UInt64 = 0) throws {
                let log = try IndexLog.start(directory: directory, header: LogFixture.header())
                let file = try FileDescriptor(fixture.path, flags: O_RDWR, operation: "open")
                var writer = LogWriter(
                    file: file, disk: .system, sequence: sequence,
                    end: LogWriter.End(offset: log.byteCount, number: number))
                try writer.append(.generation, payloadByteCount: 8, flushed: 0) { $0.words[0] = 5 }
                let error = fixture.damage("record 1, at offset 64: " + reason)
                #expect(throws: error) { try fixture.open() }
            }
            try expectRefusal("it says that it is record 3", number: 2)
            try expectRefusal("it belongs to log 8, not 0", sequence: 8)
        }
    }

    @Test(
        arguments: [
            (1, [2, 7]), (1, []), (1, [1, 7, 0]), (1, [.max, 7]), (2, [2, 7]), (2, [.max]), (3, [7, 8]),
            (3, []),
            (5, [7]), (0, [7]),
        ] as [(UInt32, [UInt64])])
    func `with a payload that is none is refused even with sound checksums`(
        kind: UInt32, words: [UInt64]
    ) throws {
        try withTemporaryDirectory { directory in
            let fixture = LogFixture(directory: directory)
            _ = try IndexLog.start(directory: directory, header: LogFixture.header())
            var stored = words
            stored.withUnsafeMutableBufferPointer { LogPayload(words: $0).toggle() }
            var header = LogRecordHeader(
                kind: .upsert, payloadByteCount: 8 * words.count, number: 1, sequence: 0, flushed: 0,
                payloadChecksum: stored.withUnsafeBytes(Checksum.of))
            header.kind = kind
            var bytes = [UInt8](repeating: 0, count: LogRecordHeader.byteCount)
            bytes.withUnsafeMutableBytes { header.encode(to: $0) }
            stored.withUnsafeBytes { bytes += $0 }
            try withBytes(of: "index.log", in: directory) { $0 += bytes }
            let reason = "it holds \(8 * words.count) bytes, which is no record of kind \(kind)"
            let error = fixture.damage("record 1, at offset 64: \(reason)")
            #expect(throws: error) { try fixture.open() }
        }
    }

    @Test func `with a payload beyond the limit is refused before it is read`() throws {
        try withTemporaryDirectory { directory in
            let fixture = LogFixture(directory: directory)
            for byteCount in [LogPayload.byteLimit + 8, 7] {
                _ = try IndexLog.start(directory: directory, header: LogFixture.header())
                let header = LogRecordHeader(
                    kind: .removal, payloadByteCount: byteCount, number: 1, sequence: 0, flushed: 0,
                    payloadChecksum: 0)
                var bytes = [UInt8](repeating: 0, count: LogRecordHeader.byteCount)
                bytes.withUnsafeMutableBytes { header.encode(to: $0) }
                try withBytes(of: "index.log", in: directory) {
                    $0 += bytes + [UInt8](repeating: 1, count: 64)
                }
                let reason = "record 1, at offset 64: it says that it holds \(byteCount) bytes"
                #expect(throws: fixture.damage(reason)) { try fixture.open() }
            }
        }
    }
}
