import CVectorKernels
import VectorIndex

/// What one search needs besides the index: kept and used again, so that a search allocates little but its
/// result.
final class SearchMemory {
    /// Of each document of a window, its score as far as it is known.
    let sums = AlignedBuffer<Int32>(count: SegmentWalk.width)
    /// The same for one group of several variants.
    let groupSums = AlignedBuffer<Int32>(count: SegmentWalk.width)
    /// The same for a wide window: 0 whenever no window is being walked.
    let wideSums = AlignedBuffer<Int32>(count: SegmentWalk.wideWidth)
    let wideGroupSums = AlignedBuffer<Int32>(count: SegmentWalk.wideWidth)
    /// Documents of a window that are looked at, and those that a group of several variants has.
    let places = AlignedBuffer<UInt16>(count: SegmentWalk.wideWidth + 8)
    let groupPlaces = AlignedBuffer<UInt16>(count: SegmentWalk.wideWidth + 8)
    /// One bit a document of a window, wide or not.
    let mask = AlignedBuffer<UInt64>(count: SegmentWalk.wideWidth / 64)
    /// One bit a document of a segment: whom the filter admits. 0 whenever no segment is being walked.
    private(set) var filterBits = AlignedBuffer<UInt64>(count: 0)
    private var groups = AlignedBuffer<UInt8>(count: 0)
    private var cursors = AlignedBuffer<UInt8>(count: 0)
    private var blocks = AlignedBuffer<UInt32>(count: 0)
    /// The scorer of the segment that is being walked, at an address that does not change.
    let scorer = UnsafeMutablePointer<mk_scorer>.allocate(capacity: 1)

    deinit { scorer.deallocate() }

    /// Room for cursors, and for what their lists read. What an earlier call gave is gone.
    func roomForCursors(
        _ count: Int
    ) -> (cursors: UnsafeMutablePointer<mk_cursor>, blocks: UnsafeMutablePointer<UInt32>) {
        let bytes = count * MemoryLayout<mk_cursor>.stride
        if cursors.count < bytes {
            cursors = AlignedBuffer(count: 2 * bytes)
            blocks = AlignedBuffer(count: 2 * count * PostingLists.numbersPerList)
        }
        let start = UnsafeMutableRawPointer(cursors.base).bindMemory(to: mk_cursor.self, capacity: count)
        return (start, blocks.base)
    }

    /// Room for groups. What an earlier call gave is gone.
    func roomForGroups(_ count: Int) -> UnsafeMutablePointer<WalkGroup> {
        let bytes = count * MemoryLayout<WalkGroup>.stride
        if groups.count < bytes { groups = AlignedBuffer(count: 2 * bytes) }
        return UnsafeMutableRawPointer(groups.base).bindMemory(to: WalkGroup.self, capacity: count)
    }

    /// Makes ``filterBits`` large enough for some documents.
    func makeFilterBits(documents: Int) {
        let words = (documents + 63) / 64
        if filterBits.count < words { filterBits = AlignedBuffer(count: words) }
    }

    /// Whether this is worth keeping: not if an unusual query or segment made it large.
    var isSmall: Bool { cursors.count + 4 * blocks.count + 8 * filterBits.count < 1 << 20 }
}

/// Memory that no search is using.
final class SearchMemoryPool: Sendable {
    private let idle = Guarded<[Parcel]>([])

    /// More than this many are not kept: as many as searches usually run at once.
    private static let keep = 32

    private struct Parcel: @unchecked Sendable {
        // Sendable proof: memory is either in `idle`, where nobody uses it, or lent to exactly one call of
        // `withMemory`, which gives it back when it is done with it. The lock orders the two.
        let memory: SearchMemory
    }

    /// Lends memory to `body`, which must not let it escape.
    func withMemory<R, E: Error>(_ body: (SearchMemory) throws(E) -> R) throws(E) -> R {
        let memory = (idle.withLock { $0.popLast() } ?? Parcel(memory: SearchMemory())).memory
        defer {
            let parcel = Parcel(memory: memory)
            if memory.isSmall {
                idle.withLock { if $0.count < Self.keep { $0.append(parcel) } }
            }
        }
        return try body(memory)
    }
}
