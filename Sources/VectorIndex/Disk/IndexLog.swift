import Foundation

/// The log of an index: one file, `index.log`, to which every change is appended before it is acknowledged.
///
/// A change is safe once ``commit(through:)`` has returned for its record. Many threads may commit at once and
/// share a flush. ``LogHeader``, ``LogRecordHeader`` and ``LogRecord`` have the format.
///
/// A log continues one snapshot, whose sequence it names. A new snapshot makes it obsolete, and
/// ``succeed(sequence:)`` puts an empty one in its place. Between the two the old log stays good: a snapshot
/// says which record of which log it goes up to, so that records appended after it are not lost even if the new
/// log cannot be made.
package final class IndexLog: Sendable {
    package static let name = "index.log"

    /// Metric, dimension, and the sequence of the snapshot this log continues.
    package let header: LogHeader
    private let directory: URL
    private let disk: Disk
    private let file: FileDescriptor
    private let writer: Guarded<LogWriter>
    private let commits: GroupCommit

    package init(file: FileDescriptor, header: LogHeader, directory: URL, disk: Disk, end: LogWriter.End) {
        (self.file, self.header, self.directory, self.disk) = (file, header, directory, disk)
        commits = GroupCommit(flushed: end.number)
        writer = Guarded(LogWriter(file: file, disk: disk, sequence: header.sequence, end: end))
    }

    /// Bytes in the file.
    package var byteCount: Int { writer.withLock { $0.end.offset } }

    /// Records in the file.
    package var recordCount: UInt64 { writer.withLock { $0.end.number } }

    /// What a snapshot of everything appended so far covers.
    package var position: LogPosition { LogPosition(sequence: header.sequence, record: recordCount) }
}

extension IndexLog {
    /// Appends vectors to store. A batch beyond ``LogPayload/byteLimit`` takes several records.
    ///
    /// - Parameter row: writes the vector of `ids[index]`, as it is to be stored, to dimension floats.
    /// - Returns: the number to commit through.
    /// - Throws: if nothing can be written; the log is then as before, all of the batch taken back, and a later
    ///   call may succeed.
    package func appendUpsert(
        ids: [UInt64], row: (_ index: Int, _ into: UnsafeMutableBufferPointer<Float>) -> Void
    ) throws(VectorIndexError) -> UInt64 {
        let dimension = Int(header.dimension)
        let limit = LogPayload.upsertLimit(dimension: dimension)
        return try append { writer, flushed throws(VectorIndexError) in
            for first in stride(from: 0, to: ids.count, by: limit) {
                let part = ids[first..<min(first + limit, ids.count)]
                let byteCount = LogPayload.upsertByteCount(count: part.count, dimension: dimension)
                try writer.append(.upsert, payloadByteCount: byteCount, flushed: flushed) { payload in
                    payload.setIDs(part)
                    for index in part.indices {
                        let floats = payload.floats(from: 1 + part.count, count: dimension * part.count)
                        let start = (index - first) * dimension
                        // Bounds: row `index - first` of `part.count` rows.
                        row(index, UnsafeMutableBufferPointer(rebasing: floats[start..<start + dimension]))
                    }
                }
            }
        }
    }

    /// Appends ids to remove; see ``appendUpsert(ids:row:)``.
    package func appendRemoval(of ids: [UInt64]) throws(VectorIndexError) -> UInt64 {
        try append { writer, flushed throws(VectorIndexError) in
            for first in stride(from: 0, to: ids.count, by: LogPayload.removalLimit) {
                let part = ids[first..<min(first + LogPayload.removalLimit, ids.count)]
                let byteCount = LogPayload.removalByteCount(count: part.count)
                try writer.append(.removal, payloadByteCount: byteCount, flushed: flushed) { payload in
                    payload.setIDs(part)
                }
            }
        }
    }

    /// Appends the caller's number for the state of its data; see ``appendUpsert(ids:row:)``.
    package func appendGeneration(_ generation: UInt64) throws(VectorIndexError) -> UInt64 {
        try append { writer, flushed throws(VectorIndexError) in
            try writer.append(.generation, payloadByteCount: 8, flushed: flushed) { payload in
                payload.words[0] = generation
            }
        }
    }

    /// Appends documents of a text index, one record for each part; see ``appendUpsert(ids:row:)``.
    ///
    /// - Parameter parts: each at most ``LogPayload/byteLimit``, and not empty.
    package func appendDocuments(_ parts: [[UInt64]]) throws(VectorIndexError) -> UInt64 {
        try append { writer, flushed throws(VectorIndexError) in
            for part in parts {
                try writer.append(.documents, payloadByteCount: 8 * part.count, flushed: flushed) { payload in
                    // Bounds: the payload was made for this many words.
                    _ = payload.words.update(fromContentsOf: part)
                }
            }
        }
    }

    /// Returns once record `number`, and all before it, are on the device.
    ///
    /// - Throws: ``VectorIndexError/writingStopped(file:reason:)`` if a flush failed, this one or an earlier
    ///   one: then nothing more is written, and the index must be opened anew.
    package func commit(through number: UInt64) throws(VectorIndexError) {
        try commits.commit(
            through: number, flush: { () throws(VectorIndexError) in try disk.flush(file) },
            failed: { stopped("a flush failed, so nobody knows what reached the device: \($0.cause)") })
    }

    /// Puts an empty log in this one's place, once a snapshot that holds everything in here is on the device.
    ///
    /// Whoever still waits for a commit is done then: the snapshot has made it safe. No append may come between
    /// the snapshot and this.
    ///
    /// - Parameter sequence: the snapshot's.
    /// - Throws: what the system threw. If the new log had taken the place already, this one is of no use any
    ///   more, and every further append throws; otherwise it stays as good as it was.
    package func succeed(sequence: UInt64) throws(VectorIndexError) -> IndexLog {
        precondition(sequence > header.sequence, "log \(sequence) after \(header.sequence)")
        var next = header
        next.sequence = sequence
        return try Self.start(directory: directory, header: next, disk: disk) {
            commits.finish(stopped("a newer log has taken its place"))
        }
    }

    /// Reads the whole file anew and compares it with its checksums. No append may come meanwhile.
    ///
    /// - Throws: ``VectorIndexError/damaged(file:reason:)`` naming the record and its place.
    package func verify() throws(VectorIndexError) {
        let stored = try LogHeader(of: file)
        var reader = try LogReader(file: file, header: stored)
        while try reader.next() != nil {}
        guard stored == header, reader.number == recordCount else {
            throw .damaged(
                file: file.path, reason: "it ends after record \(reader.number) of \(recordCount)")
        }
    }

    private func append(
        _ body: (inout LogWriter, _ flushed: UInt64) throws(VectorIndexError) -> Void
    ) throws(VectorIndexError) -> UInt64 {
        try writer.withLock { writer throws(VectorIndexError) in
            try commits.check()
            let before = writer.end
            do throws(VectorIndexError) {
                try body(&writer, commits.flushed)
            } catch {
                do throws(VectorIndexError) {
                    try writer.cut(to: before)
                } catch let second {
                    commits.stop(stopped("half a record could not be taken back: \(second.cause)"))
                }
                throw error
            }
            commits.noteAppended(writer.end.number)
            return writer.end.number
        }
    }

    private func stopped(_ reason: String) -> VectorIndexError {
        .writingStopped(file: file.path, reason: reason)
    }
}

extension LogPayload {
    /// Writes the number of ids, and the ids.
    fileprivate func setIDs(_ ids: ArraySlice<UInt64>) {
        words[0] = UInt64(ids.count)
        // Bounds: the payload was made for this many ids; the subscripts are checked.
        for (position, id) in ids.enumerated() { words[1 + position] = id }
    }
}

extension VectorIndexError {
    /// What the system said, without advice.
    fileprivate var cause: String {
        if case .systemFailure(_, _, let code, let reason) = self { return "\(reason) (errno \(code))" }
        return description
    }
}
