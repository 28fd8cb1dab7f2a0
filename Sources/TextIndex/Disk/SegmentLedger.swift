import Synchronization
import VectorIndex

/// Knows which chunks of a segment's file have been found sound, and looks at others when they are first
/// needed.
///
/// Opening a segment reads little of it, so damage shows when a part is first used. What is checked is the
/// file, read anew, and not the mapping: reading turns a failing device into an error, touching a mapping
/// would kill the process. A segment's file never changes.
///
/// All methods may be called from any thread.
final class SegmentLedger: @unchecked Sendable {
    // Sendable proof: all stored properties never change. `words` names the memory of `buffer`, which lives
    // as long and is, once `init` is done, only read and written atomically; `table` is not written after
    // `init`.
    private let header: SegmentHeader
    private let file: FileDescriptor
    private let table: AlignedBuffer<UInt64>
    private let buffer: AlignedBuffer<UInt64>
    private let words: UnsafeMutablePointer<Atomic<UInt64>>
    private let unverified: Atomic<Int>

    /// Reads the chunk checksums of `file`.
    init(file: FileDescriptor, header: SegmentHeader, checksum: UInt64) throws(VectorIndexError) {
        (self.file, self.header) = (file, header)
        table = AlignedBuffer(count: header.chunkCount)
        buffer = AlignedBuffer(count: header.chunkCount / 64 + 1)
        // `init` of the buffer zeroed the words, and zero bits are an atomic zero.
        words = UnsafeMutableRawPointer(buffer.base).bindMemory(
            to: Atomic<UInt64>.self, capacity: buffer.count)
        unverified = Atomic(header.chunkCount)
        let bytes = UnsafeMutableRawBufferPointer(start: table.base, count: 8 * header.chunkCount)
        guard try file.read(into: bytes, at: header.tableOffset) == bytes.count,
            Checksum.of(UnsafeRawBufferPointer(bytes)) == checksum
        else {
            throw .damaged(file: file.path, reason: "the checksum of its chunk checksums does not match")
        }
    }

    /// Whether all chunks were found sound.
    @inline(__always)
    var isVerified: Bool { unverified.load(ordering: .relaxed) == 0 }

    /// Makes sure that bytes of the file, which lie in its sections, are what was written.
    ///
    /// - Complexity: one load once all chunks were looked at; before, a read and about 10 µs for each new one.
    @inline(__always)
    func verify(_ bytes: Range<Int>) throws(TextIndexError) {
        if isVerified { return }
        try verifyChunks(bytes)
    }

    private func verifyChunks(_ bytes: Range<Int>) throws(TextIndexError) {
        if bytes.isEmpty { return }
        let first = (bytes.lowerBound - SegmentHeader.byteCount) / SegmentHeader.chunkByteCount
        let last = (bytes.upperBound - 1 - SegmentHeader.byteCount) / SegmentHeader.chunkByteCount
        for chunk in first...last where !isMarked(chunk) {
            let memory = AlignedBuffer<UInt8>(count: SegmentHeader.chunkByteCount)
            let fits = try onDisk { () throws(VectorIndexError) -> Bool in
                try isSound(chunk, using: memory)
            }
            guard fits else { throw error(for: chunk) }
            mark(chunk)
        }
    }

    /// Reads every chunk anew, those found sound before too.
    ///
    /// - Throws: for the first that is not what was written.
    func verifyAll() throws(TextIndexError) {
        let memory = AlignedBuffer<UInt8>(count: SegmentHeader.chunkByteCount)
        for chunk in 0..<header.chunkCount {
            let fits = try onDisk { () throws(VectorIndexError) -> Bool in
                try isSound(chunk, using: memory)
            }
            guard fits else { throw error(for: chunk) }
            mark(chunk)
        }
    }

    private func error(for chunk: Int) -> TextIndexError {
        let bytes = header.chunk(chunk)
        let names = SegmentSection.allCases.filter { section in
            SegmentHeader.end(of: header[section]) > bytes.lowerBound
                && header[section].lowerBound < bytes.upperBound
        }
        .map { "\"\($0.name)\"" }.joined(separator: ", ")
        return .damaged(
            file: file.path,
            reason: """
                bytes \(bytes.lowerBound)..<\(bytes.upperBound), of the sections \(names), \
                do not fit their checksum
                """)
    }

    private func isSound(_ chunk: Int, using memory: AlignedBuffer<UInt8>) throws(VectorIndexError) -> Bool {
        let bytes = header.chunk(chunk)
        // Bounds: a chunk's bytes are no more than `chunkByteCount`, which `memory` has.
        let target = UnsafeMutableRawBufferPointer(start: memory.base, count: bytes.count)
        let read = try file.read(into: target, at: bytes.lowerBound)
        return read == bytes.count && Checksum.of(UnsafeRawBufferPointer(target)) == table.base[chunk]
    }

    private func isMarked(_ chunk: Int) -> Bool {
        // Relaxed will do: nothing that is read afterwards was written by whoever set the bit.
        words[chunk >> 6].load(ordering: .relaxed) >> UInt64(chunk & 63) & 1 == 1
    }

    private func mark(_ chunk: Int) {
        let bit = UInt64(1) << UInt64(chunk & 63)
        let old = words[chunk >> 6].bitwiseOr(bit, ordering: .relaxed).oldValue
        // Only who sets the bit counts it.
        if old & bit == 0 { unverified.subtract(1, ordering: .relaxed) }
    }
}
