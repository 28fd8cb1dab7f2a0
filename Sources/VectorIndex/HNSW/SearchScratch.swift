/// What one search needs besides the index: kept and used again, so that a search allocates only its result.
final class SearchScratch {
    var visited: VisitedSet
    var beam = Beam()
    /// The query, padded to the matrix's stride.
    let query: AlignedBuffer<Float>
    /// One slot's links as they are read.
    let links: AlignedBuffer<UInt32>
    /// Links of a second slot, while those of the first are walked through.
    let furtherLinks: AlignedBuffer<UInt32>
    /// Slots whose distance is wanted, and their distances; ``rowLimit`` of each.
    let rows: AlignedBuffer<UInt32>
    let distances: AlignedBuffer<Float>
    /// Distances computed since the scratch was handed out.
    var evaluations = 0

    /// How many rows are computed in one go.
    static let rowLimit = 256

    init(stride: Int, M: Int, capacity: Int) {
        visited = VisitedSet(capacity: capacity)
        query = AlignedBuffer(count: stride)
        links = AlignedBuffer(count: 2 * M)
        furtherLinks = AlignedBuffer(count: 2 * M)
        rows = AlignedBuffer(count: max(Self.rowLimit, 2 * M))
        distances = AlignedBuffer(count: max(Self.rowLimit, 2 * M))
    }

    func setQuery(_ vector: [Float], scale: Float) {
        precondition(vector.count <= query.count, "\(vector.count) floats into \(query.count)")
        for (position, value) in vector.enumerated() {
            query.base[position] = value * scale
        }
    }
}

/// Scratches that no search is using.
final class ScratchPool: Sendable {
    private let idle = Guarded<[Parcel]>([])
    private let stride: Int
    private let M: Int

    /// More than this many are not kept: as many as searches usually run at once.
    private static let keep = 64

    /// A scratch on its way from one thread to another.
    private struct Parcel: @unchecked Sendable {
        // Sendable proof: a scratch is either in `idle`, where nobody uses it, or lent to exactly one call of
        // `withScratch`; the mutex orders the one before the other.
        let scratch: SearchScratch
    }

    init(stride: Int, M: Int) {
        (self.stride, self.M) = (stride, M)
    }

    /// Lends a scratch to `body`.
    func withScratch<R>(capacity: Int, _ body: (SearchScratch) -> R) -> R {
        let parcel =
            idle.withLock { $0.popLast() }
            ?? Parcel(scratch: SearchScratch(stride: stride, M: M, capacity: capacity))
        parcel.scratch.evaluations = 0
        defer {
            idle.withLock { idle in
                if idle.count < Self.keep { idle.append(parcel) }
            }
        }
        return body(parcel.scratch)
    }
}
