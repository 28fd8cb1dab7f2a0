import Foundation

/// Appends records to a log file: where it ends, and what the next record is. For one thread at a time.
package struct LogWriter: Sendable {
    /// Where the next record goes.
    package struct End: Sendable {
        var offset: Int
        /// The number of the last record.
        var number: UInt64
    }

    package let file: FileDescriptor
    package let disk: Disk
    package let sequence: UInt64
    package private(set) var end: End
    /// Room for records up to this size is kept from one to the next.
    private let kept = AlignedBuffer<UInt64>(count: 1 << 13)

    package init(file: FileDescriptor, disk: Disk, sequence: UInt64, end: End) {
        (self.file, self.disk, self.sequence, self.end) = (file, disk, sequence, end)
    }

    /// Writes one record. If that fails, a part of it may be in the file, and ``cut(to:)`` must follow.
    ///
    /// - Parameters:
    ///   - flushed: the last record known to be on the device.
    ///   - fill: writes all of the payload, of which only the last word comes zeroed.
    package mutating func append(
        _ kind: LogRecordHeader.Kind, payloadByteCount: Int, flushed: UInt64, fill: (LogPayload) -> Void
    ) throws(VectorIndexError) {
        precondition(payloadByteCount % 8 == 0 && payloadByteCount <= LogPayload.byteLimit)
        let wordCount = (LogRecordHeader.byteCount + payloadByteCount) / 8
        let buffer = wordCount <= kept.count ? kept : AlignedBuffer<UInt64>(count: wordCount)
        // Bounds: both parts lie within the first `wordCount` words, which the buffer has.
        let words = UnsafeMutableBufferPointer(start: buffer.base, count: wordCount)
        let payload = LogPayload(
            words: UnsafeMutableBufferPointer(rebasing: words[(LogRecordHeader.byteCount / 8)...]))
        words[wordCount - 1] = 0
        fill(payload)
        payload.toggle()
        let header = LogRecordHeader(
            kind: kind, payloadByteCount: payloadByteCount, number: end.number + 1, sequence: sequence,
            flushed: flushed, payloadChecksum: Checksum.of(UnsafeRawBufferPointer(payload.words)))
        header.encode(to: UnsafeMutableRawBufferPointer(words))
        try disk.write(UnsafeRawBufferPointer(words), to: file, at: end.offset)
        end = End(offset: end.offset + 8 * wordCount, number: header.number)
    }

    /// Takes back everything behind `earlier`.
    package mutating func cut(to earlier: End) throws(VectorIndexError) {
        end = earlier
        try disk.truncate(file, to: earlier.offset)
    }
}
