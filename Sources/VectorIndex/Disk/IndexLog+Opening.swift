import Foundation

extension IndexLog {
    /// Puts an empty log in `directory`, in place of any other.
    ///
    /// - Parameter didReplace: called once the other log, if any, is gone; see
    ///   ``Disk/replace(_:in:didReplace:writing:)``.
    package static func start(
        directory: URL, header: LogHeader, disk: Disk = .system, didReplace: () -> Void = {}
    ) throws(VectorIndexError) -> IndexLog {
        try disk.replace(name, in: directory, didReplace: didReplace) { file throws(VectorIndexError) in
            try disk.write(header.encoded(), to: file, at: 0)
        }
        let path = directory.appendingPathComponent(name).path
        let file = try FileDescriptor(path, flags: O_RDWR, operation: "open")
        return IndexLog(
            file: file, header: header, directory: directory, disk: disk,
            end: LogWriter.End(offset: LogHeader.byteCount, number: 0))
    }

    /// Opens the log in `directory` for appending, and hands over what the snapshot does not hold.
    ///
    /// A record that a crash cut off is dropped: it was never acknowledged. Without a log, or if the log is
    /// older than the snapshot, an empty one is started.
    ///
    /// - Parameters:
    ///   - header: metric and dimension of the index, and the sequence of its snapshot; 0 without one.
    ///   - covered: up to where the snapshot goes.
    ///   - replay: gets each record in turn, and its number. What the record points to is lent for the call.
    /// - Throws: ``VectorIndexError/damaged(file:reason:)`` naming the record and its place, errors for other
    ///   versions and settings, and whatever `replay` throws.
    package static func open(
        directory: URL, header: LogHeader, covered: LogPosition = LogPosition(), disk: Disk = .system,
        replay: (_ number: UInt64, _ record: LogRecord) throws(VectorIndexError) -> Void
    ) throws(VectorIndexError) -> IndexLog {
        guard let file = try FileDescriptor.existing(name, in: directory, flags: O_RDWR) else {
            return try start(directory: directory, header: header, disk: disk)
        }
        let stored = try LogHeader(of: file)
        guard stored.sequence <= header.sequence else {
            throw .damaged(
                file: file.path,
                reason: "it continues snapshot \(stored.sequence); the snapshot here is \(header.sequence)")
        }
        let isCurrent = stored.sequence == header.sequence
        guard isCurrent || stored.sequence == covered.sequence else {
            return try start(directory: directory, header: header, disk: disk)
        }
        try check(stored, against: header, file: file.path)
        var reader = try LogReader(file: file, header: stored)
        let known = isCurrent ? 0 : covered.record
        while let record = try reader.next() {
            if reader.number > known { try replay(reader.number, record) }
        }
        // Records appended here would get numbers that the snapshot already covers.
        guard isCurrent || reader.number > known else {
            return try start(directory: directory, header: header, disk: disk)
        }
        try settle(reader, file: file, disk: disk)
        return IndexLog(
            file: file, header: stored, directory: directory, disk: disk,
            end: LogWriter.End(offset: reader.offset, number: reader.number))
    }

    private static func check(
        _ stored: LogHeader, against header: LogHeader, file: String
    ) throws(VectorIndexError) {
        func name(_ metric: UInt32) -> String { Metric(rawValue: metric)?.description ?? "\(metric)" }
        let settings = [
            ("metric", name(stored.metric), name(header.metric)),
            ("dimension", "\(stored.dimension)", "\(header.dimension)"),
        ]
        for (name, stored, requested) in settings where stored != requested {
            throw .settingMismatch(file: file, name: name, stored: stored, requested: requested)
        }
    }

    /// Makes what was read last: cuts off an unfinished record, and flushes records that may not be on the
    /// device yet. They are written anew first, because a flush that failed in another process may have left
    /// them in the system's cache as if they were (see ``GroupCommit``).
    private static func settle(
        _ reader: LogReader, file: FileDescriptor, disk: Disk
    ) throws(VectorIndexError) {
        if reader.isTorn { try disk.truncate(file, to: reader.offset) }
        let memory = AlignedBuffer<UInt8>(count: 1 << 20)
        for offset in stride(from: reader.unflushedOffset, to: reader.offset, by: memory.count) {
            // Bounds: at most `memory.count` bytes.
            let piece = UnsafeMutableRawBufferPointer(
                start: memory.base, count: min(memory.count, reader.offset - offset))
            guard try file.read(into: piece, at: offset) == piece.count else {
                throw .damaged(file: file.path, reason: "it became shorter while it was read")
            }
            try disk.write(UnsafeRawBufferPointer(piece), to: file, at: offset)
        }
        if reader.isTorn || reader.unflushedOffset < reader.offset { try disk.flush(file) }
    }
}
