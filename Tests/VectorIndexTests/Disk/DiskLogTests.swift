import Foundation
import Testing

@testable import VectorIndex

/// Logs of dimension 3, and what they hold.
struct LogFixture {
    let directory: URL

    static func header(_ sequence: UInt64 = 0) -> LogHeader {
        LogHeader(metric: 3, dimension: 3, sequence: sequence)
    }

    /// One of each kind, odd numbers of floats, and vectors of zeros.
    static let records: [PlainRecord] = [
        .upsert([7], [1, -2, 3.5]),
        .upsert([8, 9], [0, 0, 0, 0, 0, 0]),
        .removal([7, 400]),
        .generation(12),
        .upsert(Array(100..<180), [Float](repeating: 0, count: 240)),
        .upsert([1, 2, 3], (0..<9).map { Float($0) / 7 }),
    ]

    var path: String { directory.appendingPathComponent("index.log").path }

    /// Opens the log, and gives it and what it holds.
    func open(
        _ sequence: UInt64 = 0, covered: LogPosition = LogPosition(), disk: Disk = .system
    ) throws -> (log: IndexLog, records: [PlainRecord]) {
        var records: [PlainRecord] = []
        let log = try IndexLog.open(
            directory: directory, header: Self.header(sequence), covered: covered, disk: disk
        ) { _, record in records.append(PlainRecord(record)) }
        return (log, records)
    }

    /// Writes a log of `records`, each committed if `isCommitted`, and says where each ends.
    func write(_ records: [PlainRecord] = Self.records, isCommitted: Bool = true) throws -> [Int] {
        let log = try IndexLog.start(directory: directory, header: Self.header())
        return try records.map { record in
            let number = try record.append(to: log)
            if isCommitted { try log.commit(through: number) }
            return log.byteCount
        }
    }

    func damage(_ reason: String) -> VectorIndexError { .damaged(file: path, reason: reason) }
}

@Suite(.timeLimit(.minutes(3))) struct `A disk log` {
    @Test func `gives back its records, and goes on behind them`() throws {
        try withTemporaryDirectory { directory in
            let fixture = LogFixture(directory: directory.appendingPathComponent("deep/down"))
            #expect(try fixture.open().records == [])
            let ends = try fixture.write()
            var (log, records) = try fixture.open()
            #expect(records == LogFixture.records)
            #expect(log.byteCount == ends.last && log.recordCount == UInt64(records.count))
            #expect(log.position == LogPosition(sequence: 0, record: 6))
            #expect(try PlainRecord.generation(13).append(to: log) == 7)
            try log.commit(through: 7)
            (log, records) = try fixture.open()
            #expect(records == LogFixture.records + [.generation(13)])
        }
    }

    @Test func `takes empty batches as nothing`() throws {
        try withTemporaryDirectory { directory in
            let fixture = LogFixture(directory: directory)
            let log = try fixture.open().log
            #expect(try log.appendRemoval(of: []) == 0)
            #expect(try log.appendUpsert(ids: [], row: { _, _ in }) == 0)
            try log.commit(through: 0)
            #expect(log.byteCount == LogHeader.byteCount)
        }
    }

    @Test func `splits a batch that is too large for one record`() throws {
        try withTemporaryDirectory { directory in
            let header = LogHeader(metric: 3, dimension: 65_536, sequence: 0)
            let limit = LogPayload.upsertLimit(dimension: 65_536)
            let log = try IndexLog.start(directory: directory, header: header)
            let ids = (0..<UInt64(limit + 3)).map { $0 }
            let last = try log.appendUpsert(ids: ids) { index, row in row.update(repeating: Float(index)) }
            #expect(last == 2)
            var found: [UInt64: Float] = [:]
            _ = try IndexLog.open(directory: directory, header: header) { _, record in
                guard case .upsert(let ids, let rows) = record else { return }
                for (position, id) in ids.enumerated() { found[id] = rows[position * 65_536 + 65_535] }
            }
            #expect(found == Dictionary(uniqueKeysWithValues: ids.map { ($0, Float($0)) }))
        }
    }

    @Test func `older than the snapshot is replaced, unless it goes on where the snapshot ends`() throws {
        try withTemporaryDirectory { directory in
            let fixture = LogFixture(directory: directory)
            func covered(_ sequence: UInt64, _ record: UInt64) -> LogPosition {
                LogPosition(sequence: sequence, record: record)
            }
            // The snapshot goes up to record 4 of this log.
            _ = try fixture.write()
            var (log, records) = try fixture.open(5, covered: covered(0, 4))
            #expect(records == Array(LogFixture.records[4...]) && log.header.sequence == 0)
            #expect(try PlainRecord.generation(13).append(to: log) == 7)
            // It covers everything, or even what the log lost.
            for record in [7, 8] as [UInt64] {
                _ = try fixture.write(LogFixture.records + [.generation(13)])
                (log, records) = try fixture.open(5, covered: covered(0, record))
                #expect(records == [] && log.header.sequence == 5 && log.recordCount == 0)
            }
            // It was made from another, later log.
            _ = try fixture.write()
            (log, records) = try fixture.open(5, covered: covered(4, 2))
            #expect(records == [] && log.header.sequence == 5)
            #expect(try fixture.open(5, covered: covered(4, 2)).log.header.sequence == 5)
        }
    }

    @Test func `newer than the snapshot is refused`() throws {
        try withTemporaryDirectory { directory in
            let fixture = LogFixture(directory: directory)
            _ = try IndexLog.start(directory: directory, header: LogFixture.header(6))
            let error = fixture.damage("it continues snapshot 6; the snapshot here is 5")
            #expect(throws: error) { try fixture.open(5) }
        }
    }

    @Test func `of other settings, version or byte order is refused by name`() throws {
        try withTemporaryDirectory { directory in
            let fixture = LogFixture(directory: directory)
            _ = try fixture.write()
            func expectRefusal(_ error: VectorIndexError, metric: UInt32 = 3, dimension: UInt32 = 3) {
                let header = LogHeader(metric: metric, dimension: dimension, sequence: 0)
                #expect(throws: error) {
                    try IndexLog.open(directory: directory, header: header) { _, _ in }
                }
            }
            let path = fixture.path
            expectRefusal(
                .settingMismatch(file: path, name: "metric", stored: "squaredL2", requested: "cosine"),
                metric: 1)
            expectRefusal(
                .settingMismatch(file: path, name: "dimension", stored: "3", requested: "4"), dimension: 4)
            try withBytes(of: "index.log", in: directory) { $0[12] = 9 }
            expectRefusal(.unsupportedVersion(file: path, found: 9, supported: 1))
            try withBytes(of: "index.log", in: directory) { $0.replaceSubrange(8..<12, with: [1, 2, 3, 4]) }
            expectRefusal(.foreignByteOrder(file: path))
            try withBytes(of: "index.log", in: directory) { $0 = $0.prefix(10) }
            expectRefusal(fixture.damage("it ends after 10 bytes, inside the header"))
        }
    }

    @Test func `succeeded by another takes no more records, and nobody waits in vain`() throws {
        try withTemporaryDirectory { directory in
            let fixture = LogFixture(directory: directory)
            let log = try fixture.open().log
            let number = try PlainRecord.generation(1).append(to: log)
            let next = try log.succeed(sequence: 1)
            try log.commit(through: number)
            let error = VectorIndexError.writingStopped(
                file: fixture.path, reason: "a newer log has taken its place")
            #expect(throws: error) { try log.appendGeneration(2) }
            #expect(try PlainRecord.generation(2).append(to: next) == 1)
            #expect(try fixture.open(1).records == [.generation(2)])
        }
    }
}

@Suite(.timeLimit(.minutes(3))) struct `A disk log that cannot be written` {
    /// What starting a log takes: create, write, flush, replace, flush of the directory.
    private static let startOperations = 5

    private func start(_ directory: URL, faulty: Int, _ fault: FaultyDisk.Fault) throws -> IndexLog {
        let disk = FaultyDisk(at: Self.startOperations + faulty, fault).disk
        return try IndexLog.start(directory: directory, header: LogFixture.header(), disk: disk)
    }

    @Test(arguments: [0, 1, 56, 60, 80])
    func `for want of room takes the record back and goes on`(stored: Int) throws {
        try withTemporaryDirectory { directory in
            let fixture = LogFixture(directory: directory)
            let log = try start(directory, faulty: 0, .error(ENOSPC, after: stored))
            let error = VectorIndexError.systemFailure(
                operation: "write", file: fixture.path, code: ENOSPC, reason: "No space left on device")
            #expect(throws: error) { try LogFixture.records[0].append(to: log) }
            #expect(log.byteCount == LogHeader.byteCount && log.recordCount == 0)
            #expect(try LogFixture.records[1].append(to: log) == 1)
            try log.commit(through: 1)
            #expect(try fixture.open().records == [LogFixture.records[1]])
        }
    }

    @Test func `in the middle of a split batch takes all of it back`() throws {
        try withTemporaryDirectory { directory in
            let header = LogHeader(metric: 3, dimension: 65_536, sequence: 0)
            let faulty = FaultyDisk(at: Self.startOperations + 1, .error(ENOSPC, after: 100))
            let log = try IndexLog.start(directory: directory, header: header, disk: faulty.disk)
            let ids = Array(0...UInt64(LogPayload.upsertLimit(dimension: 65_536)))
            #expect(throws: VectorIndexError.self) { try log.appendUpsert(ids: ids, row: { _, _ in }) }
            #expect(log.byteCount == LogHeader.byteCount && log.recordCount == 0)
        }
    }

    @Test func `and not be mended takes nothing more until it is opened anew`() throws {
        try withTemporaryDirectory { directory in
            let fixture = LogFixture(directory: directory)
            let log = try start(directory, faulty: 0, .kill(after: 70))
            #expect(throws: VectorIndexError.self) { try LogFixture.records[0].append(to: log) }
            let error = VectorIndexError.writingStopped(
                file: fixture.path,
                reason: "half a record could not be taken back: Input/output error (errno 5)")
            #expect(throws: error) { try LogFixture.records[1].append(to: log) }
            #expect(try fixture.open().records == [])
        }
    }

    @Test func `after a failed flush takes nothing more until it is opened anew`() throws {
        try withTemporaryDirectory { directory in
            let fixture = LogFixture(directory: directory)
            let log = try start(directory, faulty: 2, .error(EIO, after: 0))
            try LogFixture.records[0].append(to: log)
            try LogFixture.records[1].append(to: log)
            let error = VectorIndexError.writingStopped(
                file: fixture.path,
                reason: """
                    a flush failed, so nobody knows what reached the device: Input/output error (errno 5)
                    """)
            #expect(throws: error) { try log.commit(through: 1) }
            #expect(throws: error) { try log.commit(through: 2) }
            #expect(throws: error) { try LogFixture.records[2].append(to: log) }
            // Both are in the file, but were not acknowledged: either may be there.
            #expect(try fixture.open().records == Array(LogFixture.records[..<2]))
        }
    }

    @Test func `is written anew at its end when it is opened`() throws {
        try withTemporaryDirectory { directory in
            let fixture = LogFixture(directory: directory)
            let log = try IndexLog.start(directory: directory, header: LogFixture.header())
            try LogFixture.records[0].append(to: log)
            try log.commit(through: 1)
            let start = log.byteCount
            for record in LogFixture.records[1...] { try record.append(to: log) }
            let faulty = FaultyDisk()
            _ = try fixture.open(disk: faulty.disk)
            // Record 2 vouches for record 1, and none for itself or those behind.
            let byteCount = log.byteCount - start
            #expect(
                faulty.operations == [
                    .write(path: fixture.path, offset: start, byteCount: byteCount),
                    .flush(path: fixture.path),
                ])
        }
    }
}
