import Glibc

/// Walks through the records of a log, one in memory at a time.
package struct LogReader {
    private let file: FileDescriptor
    private let header: LogHeader
    private let tail: LogTail
    private var memory = AlignedBuffer<UInt64>(count: 1 << 13)

    /// Where the last sound record ends.
    package private(set) var offset = LogHeader.byteCount
    /// The number of the last sound record; 0 before the first.
    package private(set) var number: UInt64 = 0
    /// Where the records begin that no later record vouches for; they may never have been flushed.
    package private(set) var unflushedOffset = LogHeader.byteCount
    /// The records from there on, and a few before: those from `firstUnflushed` on count.
    private var unflushed: [(number: UInt64, offset: Int)] = []
    private var firstUnflushed = 0

    package init(file: FileDescriptor, header: LogHeader) throws(VectorIndexError) {
        (self.file, self.header) = (file, header)
        tail = LogTail(file: file, sequence: header.sequence, length: try file.byteCount())
    }

    /// Whether the file goes on behind the last sound record: with a record that was never finished.
    package var isTorn: Bool { offset < tail.length }

    /// The next record.
    ///
    /// - Returns: `nil` at the end, or where a crash cut a record off. The record's pointers are good until
    ///   the next call.
    /// - Throws: ``VectorIndexError/damaged(file:reason:)`` naming the record and where it begins.
    package mutating func next() throws(VectorIndexError) -> LogRecord? {
        let room = tail.length - offset - LogRecordHeader.byteCount
        guard room >= 0 else { return nil }
        let bytes = try read(LogRecordHeader.byteCount, at: offset)
        guard let head = LogRecordHeader(decoding: bytes) else {
            return try unfinished(byteCount: bytes.count, or: "its header does not fit its checksum")
        }
        try check(head)
        guard head.payloadByteCount <= room else { return nil }
        let payloadByteCount = Int(head.payloadByteCount)
        let payload = try read(payloadByteCount, at: offset + bytes.count)
        guard Checksum.of(payload) == head.payloadChecksum else {
            return try unfinished(
                byteCount: bytes.count + payloadByteCount, or: "its payload does not fit its checksum")
        }
        let words = LogPayload(
            words: UnsafeMutableBufferPointer(start: memory.base, count: payload.count / 8))
        words.toggle()
        guard let record = words.record(kind: head.kind, dimension: Int(header.dimension)) else {
            throw damaged("it holds \(payloadByteCount) bytes, which is no record of kind \(head.kind)")
        }
        advance(over: head, byteCount: LogRecordHeader.byteCount + payloadByteCount)
        return record
    }

    private mutating func advance(over head: LogRecordHeader, byteCount: Int) {
        number = head.number
        unflushed.append((number, offset))
        offset += byteCount
        while firstUnflushed < unflushed.count, unflushed[firstUnflushed].number <= head.flushed {
            firstUnflushed += 1
        }
        if firstUnflushed > unflushed.count / 2 {
            unflushed.removeFirst(firstUnflushed)
            firstUnflushed = 0
        }
        unflushedOffset = unflushed.isEmpty ? offset : unflushed[firstUnflushed].offset
    }

    private func check(_ head: LogRecordHeader) throws(VectorIndexError) {
        guard head.sequence == header.sequence else {
            throw damaged("it belongs to log \(head.sequence), not \(header.sequence)")
        }
        guard head.number == number + 1 else { throw damaged("it says that it is record \(head.number)") }
        guard head.payloadByteCount <= LogPayload.byteLimit, head.payloadByteCount % 8 == 0 else {
            throw damaged("it says that it holds \(head.payloadByteCount) bytes")
        }
    }

    /// `nil` if the record that begins at `offset` was cut off by a crash.
    private func unfinished(byteCount: Int, or reason: String) throws(VectorIndexError) -> LogRecord? {
        guard try tail.isUnfinished(number + 1, in: offset..<(offset + byteCount)) else {
            throw damaged(reason)
        }
        return nil
    }

    private mutating func read(
        _ byteCount: Int, at offset: Int
    ) throws(VectorIndexError) -> UnsafeRawBufferPointer {
        // Grows to the largest record and no further.
        if 8 * memory.count < byteCount { memory = AlignedBuffer(count: (byteCount + 7) / 8) }
        let target = UnsafeMutableRawBufferPointer(start: memory.base, count: byteCount)
        guard try file.read(into: target, at: offset) == byteCount else {
            throw damaged("the file became shorter while it was read")
        }
        return UnsafeRawBufferPointer(target)
    }

    private func damaged(_ reason: String) -> VectorIndexError {
        .damaged(file: file.path, reason: "record \(number + 1), at offset \(offset): \(reason)")
    }
}
