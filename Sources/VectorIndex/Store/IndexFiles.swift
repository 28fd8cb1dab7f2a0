import Foundation

/// The files behind a store: a snapshot, the log of what was changed since, and the lock that keeps everybody
/// else out.
///
/// A change is first written to the log and then made in memory; it is acknowledged once the log is on the
/// device. The snapshot is only ever replaced by one that holds everything the log holds.
struct IndexFiles {
    let directory: URL
    let disk: Disk
    private let lock: DirectoryLock
    var log: IndexLog
    /// The number of the snapshot; 0 without one.
    var sequence: UInt64
    /// The caller's number for the state of its data.
    var generation: UInt64
    /// Bytes of the snapshot.
    var snapshotByteCount: Int

    /// Past this, a log is worth a new snapshot: it costs its time again at each opening.
    private static let longLog = 64 << 20
    /// What a log may hold without regard to the snapshot's size. Vectors that are only in the log are in memory
    /// as well.
    private static let heldLog = 96 << 20

    /// Whether a new snapshot would make openings much shorter, or spare much memory. A snapshot costs as much as
    /// its bytes, so of a large one the log must have grown to a sixteenth, of a small one to half.
    var logIsLong: Bool {
        let share = min(snapshotByteCount / 2, max(Self.heldLog, snapshotByteCount / 16))
        return log.byteCount > max(Self.longLog, share)
    }

    /// Past this, and a thirty-second of the snapshot, the log is folded into a new snapshot when its owner saves.
    private static let restingLog = 2 << 20

    /// Whether it is worth a new snapshot at the end of many changes, when nothing waits for it and the next thing may
    /// be an opening: what a log holds is linked again by each.
    var logIsLongAtRest: Bool {
        logIsLong || log.byteCount > max(Self.restingLog, snapshotByteCount / 32)
    }

    /// Locks the directory, and opens the log over the snapshot that `loader` has found there.
    init(
        directory: URL, disk: Disk, lock: DirectoryLock, snapshot: Snapshot?, metric: Metric, dimension: Int,
        replay: (LogRecord) throws(VectorIndexError) -> Void
    ) throws(VectorIndexError) {
        (self.directory, self.disk, self.lock) = (directory, disk, lock)
        let logPath = directory.appendingPathComponent(IndexLog.name).path
        // A log is there before the first snapshot is, and from then on always.
        guard snapshot == nil || access(logPath, F_OK) == 0 else {
            throw .damaged(
                file: logPath, reason: "it is missing, and with it every change since the snapshot")
        }
        sequence = snapshot?.header.sequence ?? 0
        snapshotByteCount = snapshot?.byteCount ?? 0
        var generation = snapshot?.header.generation ?? 0
        let header = LogHeader(
            metric: metric.rawValue, dimension: UInt32(dimension), sequence: sequence)
        log = try IndexLog.open(
            directory: directory, header: header, covered: snapshot?.header.covered ?? LogPosition(),
            disk: disk
        ) { _, record throws(VectorIndexError) in
            if case .generation(let number) = record { generation = number } else { try replay(record) }
        }
        self.generation = generation
    }

    /// Writes a snapshot of everything in the log and puts an empty log behind it.
    mutating func replaceSnapshot(with image: IndexImage, draws: UInt64) throws(VectorIndexError) {
        var header = SnapshotHeader()
        image.describe(in: &header)
        (header.generation, header.draws, header.covered) = (generation, draws, log.position)
        header.sequence = sequence + 1
        try SnapshotWriter.write(header, to: directory, disk: disk, source: image.source)
        log = try log.succeed(sequence: header.sequence)
        sequence = header.sequence
    }
}
