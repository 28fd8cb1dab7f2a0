import Glibc

/// Tells a record that was never finished from one that was damaged.
///
/// A process that dies while it appends leaves the file ending inside a record. When the power goes, sectors of
/// 512 bytes that were not flushed may be missing too, and read as zeros; those before and behind may be there.
/// What a writer stores is never a sector of zeros, nor the part of one that belongs to a record: a record's
/// header begins with its magic and ends with its checksum, and payloads are stored so that their zeros are not
/// zeros (``LogPayload``).
///
/// So a record that does not fit its checksums was cut off by a crash if its part of some sector is all zeros,
/// unless a later record says that it had been flushed: then it was acknowledged, and its loss is damage.
struct LogTail {
    let file: FileDescriptor
    let sequence: UInt64
    /// Bytes in the file.
    let length: Int

    private static let sectorByteCount = 512
    private static let pieceByteCount = 1 << 16

    /// Whether record `number`, whose bytes are in `range` as far as they are known, was cut off by a crash.
    func isUnfinished(_ number: UInt64, in range: Range<Int>) throws(VectorIndexError) -> Bool {
        guard try hasLostSector(in: range) else { return false }
        return try !isVouchedFor(number, after: range.lowerBound)
    }

    /// Whether some sector is all zeros as far as it lies in `range`.
    private func hasLostSector(in range: Range<Int>) throws(VectorIndexError) -> Bool {
        let memory = AlignedBuffer<UInt8>(count: Self.pieceByteCount)
        var offset = range.lowerBound
        while offset < range.upperBound {
            // Up to the next multiple of the piece, which is a multiple of the sector.
            let end = min((offset / Self.pieceByteCount + 1) * Self.pieceByteCount, range.upperBound)
            let bytes = try read(offset..<end, into: memory)
            while offset < end {
                let sectorEnd = min((offset / Self.sectorByteCount + 1) * Self.sectorByteCount, end)
                let first = offset - end + bytes.count
                if bytes[first..<(first + sectorEnd - offset)].allSatisfy({ $0 == 0 }) { return true }
                offset = sectorEnd
            }
        }
        return false
    }

    /// Whether a sound record header behind `offset` says that record `number` had been flushed.
    private func isVouchedFor(_ number: UInt64, after offset: Int) throws(VectorIndexError) -> Bool {
        let overlap = LogRecordHeader.byteCount - 8
        let memory = AlignedBuffer<UInt8>(count: Self.pieceByteCount + overlap)
        // Records begin at multiples of 8, as `offset` is one.
        for start in stride(from: offset + 8, to: length, by: Self.pieceByteCount) {
            let bytes = try read(start..<min(start + memory.count, length), into: memory)
            guard bytes.count >= LogRecordHeader.byteCount else { break }
            for place in stride(from: 0, through: bytes.count - LogRecordHeader.byteCount, by: 8) {
                let candidate = UnsafeRawBufferPointer(rebasing: bytes[place...])
                guard let header = LogRecordHeader(decoding: candidate) else { continue }
                if header.sequence == sequence && header.number > number && header.flushed >= number {
                    return true
                }
            }
        }
        return false
    }

    private func read(
        _ range: Range<Int>, into memory: AlignedBuffer<UInt8>
    ) throws(VectorIndexError) -> UnsafeRawBufferPointer {
        // Bounds: both callers ask for no more than `memory` has.
        let target = UnsafeMutableRawBufferPointer(start: memory.base, count: range.count)
        guard try file.read(into: target, at: range.lowerBound) == range.count else {
            throw .damaged(file: file.path, reason: "it became shorter while it was read")
        }
        return UnsafeRawBufferPointer(target)
    }
}
