import Glibc

/// A fixed number of trivial elements in zeroed memory that starts on a cache line, or at the start of a
/// ``MappedRegion``; the owner of every raw allocation in this module.
///
/// Large buffers ask for huge pages: a graph search reads rows at random, and with 4 KiB pages most reads
/// would miss the processor's address cache.
package final class AlignedBuffer<Element: BitwiseCopyable>: @unchecked Sendable {
    // Sendable proof: `base` and `count` never change. What lies behind `base` is written by one writer,
    // either atomically or in places that no reader can name yet: a slot is filled before a release store
    // makes it reachable, and filled anew only once EraLedger says that no reader who could still name it is
    // left.
    package let base: UnsafeMutablePointer<Element>
    package let count: Int
    /// Where the elements lie if they were not allocated here.
    private let region: MappedRegion?

    /// Allocates `count` elements, all bits zero.
    package init(count: Int) {
        precondition(count >= 0, "a buffer of \(count) elements")
        let bytes = max(count * MemoryLayout<Element>.stride, 64)
        let alignment = bytes >= Self.hugePageBytes ? Self.hugePageBytes : 64
        let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: alignment)
        if alignment == Self.hugePageBytes {
            // Advice only: where huge pages are off, the buffer works as well, slower.
            madvise(memory, bytes, MADV_HUGEPAGE)
        }
        memset(memory, 0, bytes)
        base = memory.bindMemory(to: Element.self, capacity: max(count, 1))
        self.count = count
        region = nil
    }

    /// The first `count` elements of a region, which are made usable. What comes from a file is as in the file,
    /// all else zero.
    ///
    /// - Throws: if the system has no memory to promise.
    package init(_ region: MappedRegion, count: Int) throws(VectorIndexError) {
        let bytes = count * MemoryLayout<Element>.stride
        // Bounds: `commit` refuses what is beyond the region, which starts at a multiple of 2 MiB.
        try region.commit(upTo: bytes)
        base = region.base.bindMemory(to: Element.self, capacity: max(count, 1))
        (self.region, self.count) = (region, count)
    }

    deinit {
        if region == nil { base.deallocate() }
    }

    /// Bytes in memory, as far as that is known.
    package var residentByteCount: Int {
        region?.residentByteCount() ?? count * MemoryLayout<Element>.stride
    }

    /// Copies the first `elements` of another buffer. For the single writer, before this buffer is shared.
    package func copyPrefix(of other: AlignedBuffer<Element>, elements: Int) {
        precondition(
            elements <= min(count, other.count), "\(elements) elements into \(count) from \(other.count)")
        base.update(from: other.base, count: elements)
    }

    private static var hugePageBytes: Int { 2 << 20 }
}
