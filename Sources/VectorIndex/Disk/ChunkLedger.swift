import Foundation
import Synchronization

/// Knows which chunks of a snapshot have been found sound, and looks at others when they are first needed.
///
/// Opening a snapshot reads no section, so damage shows when a part is first used: before using bytes of a
/// section, ask ``needs(_:)`` for their chunk and call ``verify(chunk:)`` if it says so. Once all chunks were
/// looked at, one flag answers for all of them.
///
/// What is checked is the file, read anew, and not the mapping, which the writer may have changed in memory.
/// Reading also turns a failing device into an error; touching a mapping would kill the process. It takes no
/// more memory than one chunk, and a snapshot file never changes.
///
/// All methods may be called from any thread.
final class ChunkLedger: @unchecked Sendable {
    // Sendable proof: all stored properties never change. `words` names the memory of `buffer`, which lives as
    // long and is, once `init` is done, only read and written atomically; `table` is not written after `init`.
    let layout: SnapshotLayout
    private let file: FileDescriptor
    private let table: AlignedBuffer<UInt64>
    private let buffer: AlignedBuffer<UInt64>
    private let words: UnsafeMutablePointer<Atomic<UInt64>>
    private let unverified: Atomic<Int>

    /// A stretch of a section whose bytes are not those written.
    struct Damage: Equatable, Sendable {
        let section: SnapshotSection
        /// Bytes of the section.
        let bytes: Range<Int>
        /// Where in the file they begin.
        let fileOffset: Int
    }

    /// Reads the chunk checksums of `file`.
    ///
    /// - Throws: ``VectorIndexError/damaged(file:reason:)`` if they do not fit `checksum`.
    init(file: FileDescriptor, layout: SnapshotLayout, checksum: UInt64) throws(VectorIndexError) {
        (self.file, self.layout) = (file, layout)
        table = AlignedBuffer(count: layout.chunkCount)
        buffer = AlignedBuffer(count: layout.chunkCount / 64 + 1)
        // `init` of the buffer zeroed the words, and zero bits are an atomic zero.
        words = UnsafeMutableRawPointer(buffer.base).bindMemory(
            to: Atomic<UInt64>.self, capacity: buffer.count)
        unverified = Atomic(layout.chunkCount)
        let bytes = UnsafeMutableRawBufferPointer(start: table.base, count: 8 * layout.chunkCount)
        guard try file.read(into: bytes, at: layout.tableOffset) == bytes.count,
            Checksum.of(UnsafeRawBufferPointer(bytes)) == checksum
        else {
            throw .damaged(file: file.path, reason: "the checksum of its chunk checksums does not match")
        }
    }

    /// Whether every chunk has been found sound.
    @inline(__always)
    var allVerified: Bool { unverified.load(ordering: .relaxed) == 0 }

    /// The number of the chunk that holds a section's first byte. Byte *i* of the section is in chunk
    /// `firstChunk + i >> 16`.
    func firstChunk(of section: SnapshotSection) -> Int { layout.firstChunks[section.rawValue] }

    /// Whether a chunk has yet to be looked at: one predictable branch once all have been.
    @inline(__always)
    func needs(_ chunk: Int) -> Bool {
        !allVerified && !isMarked(chunk)
    }

    /// Whether `bytes` of a section have all been found sound.
    @inline(__always)
    func isVerified(_ section: SnapshotSection, _ bytes: Range<Int>) -> Bool {
        allVerified || layout.chunks(of: section, bytes: bytes).allSatisfy(isMarked)
    }

    /// Makes sure that `bytes` of a section are what was written, looking at those chunks not looked at yet.
    ///
    /// - Throws: ``VectorIndexError/damaged(file:reason:)`` naming the first chunk that is not.
    /// - Complexity: a read and about 10 µs for each new chunk; two threads may both look at one.
    func verify(_ section: SnapshotSection, _ bytes: Range<Int>) throws(VectorIndexError) {
        if allVerified { return }
        for chunk in layout.chunks(of: section, bytes: bytes) { try verify(chunk: chunk) }
    }

    /// Makes sure that a chunk is what was written, if it has not been looked at yet.
    func verify(chunk: Int) throws(VectorIndexError) {
        guard needs(chunk) else { return }
        let memory = AlignedBuffer<UInt8>(count: SnapshotLayout.chunkByteCount)
        guard try isSound(chunk, using: memory) else { throw error(for: damage(in: chunk)) }
        mark(chunk)
    }

    /// Reads bytes of a section from the file, which takes no memory of this process but `target`.
    ///
    /// - Throws: if the file cannot be read, or has become shorter.
    func read(
        _ section: SnapshotSection, from offset: Int, into target: UnsafeMutableRawBufferPointer
    ) throws(VectorIndexError) {
        guard try file.read(into: target, at: layout.offset(of: section) + offset) == target.count else {
            throw .damaged(
                file: file.path, reason: "its section \"\(section.name)\" ends before byte \(offset)")
        }
    }

    /// Reads every chunk anew, those found sound before too.
    ///
    /// - Parameter shouldContinue: asked before each chunk; false ends the walk early.
    /// - Returns: every chunk that is not what was written, in the order of the file.
    /// - Throws: only if the file cannot be read.
    func verifyAll(while shouldContinue: () -> Bool = { true }) throws(VectorIndexError) -> [Damage] {
        let memory = AlignedBuffer<UInt8>(count: SnapshotLayout.chunkByteCount)
        var damages: [Damage] = []
        for chunk in 0..<layout.chunkCount {
            guard shouldContinue() else { break }
            if try isSound(chunk, using: memory) {
                mark(chunk)
            } else {
                damages.append(damage(in: chunk))
            }
        }
        return damages
    }

    /// The error that names a damage.
    func error(for damage: Damage) -> VectorIndexError {
        .damaged(
            file: file.path,
            reason: """
                bytes \(damage.bytes.lowerBound)..<\(damage.bytes.upperBound) of the section \
                "\(damage.section.name)", at offset \(damage.fileOffset), do not fit their checksum
                """)
    }

    private func damage(in chunk: Int) -> Damage {
        let (section, bytes) = layout.place(ofChunk: chunk)
        return Damage(
            section: section, bytes: bytes, fileOffset: layout.offset(of: section) + bytes.lowerBound)
    }

    private func isSound(_ chunk: Int, using memory: AlignedBuffer<UInt8>) throws(VectorIndexError) -> Bool {
        let (section, bytes) = layout.place(ofChunk: chunk)
        // Bounds: a chunk's bytes are no more than `chunkByteCount`, which `memory` has.
        let target = UnsafeMutableRawBufferPointer(start: memory.base, count: bytes.count)
        let read = try file.read(into: target, at: layout.offset(of: section) + bytes.lowerBound)
        return read == bytes.count && Checksum.of(UnsafeRawBufferPointer(target)) == table.base[chunk]
    }

    @inline(__always)
    private func isMarked(_ chunk: Int) -> Bool {
        assert(chunk < layout.chunkCount, "chunk \(chunk) of \(layout.chunkCount)")
        // Relaxed will do: nothing that is read afterwards was written by whoever set the bit.
        return words[chunk >> 6].load(ordering: .relaxed) >> UInt64(chunk & 63) & 1 == 1
    }

    private func mark(_ chunk: Int) {
        let bit = UInt64(1) << UInt64(chunk & 63)
        let old = words[chunk >> 6].bitwiseOr(bit, ordering: .relaxed).oldValue
        // Only who sets the bit counts it.
        if old & bit == 0 { unverified.subtract(1, ordering: .relaxed) }
    }
}
