/// What one search needs besides the index: kept and used again, so that a search allocates only its result.
final class SearchScratch {
    var visited: VisitedSet
    var beam = Beam()
    /// What is searched for. ``setQuery(_:scale:kernel:)`` or ``setQuery(slot:index:)`` sets it.
    private(set) var query: WalkQuery
    /// The query's squared length.
    private(set) var queryNorm: Float = 0
    private let queryBuffer: QueryBuffer
    /// For a stored vector that is compared with others while the query stays.
    let candidateBuffer: QueryBuffer
    /// A full vector that is read from a file.
    let row: AlignedBuffer<Float>
    /// One slot's links as they are read.
    let links: AlignedBuffer<UInt32>
    /// Links of a second slot, while those of the first are walked through.
    let furtherLinks: AlignedBuffer<UInt32>
    /// Slots whose distance is wanted, and their distances: ``rowLimit`` of each, and at least as many as one
    /// step of a walk that looks through neighbours can find, which is two full lists.
    let rows: AlignedBuffer<UInt32>
    let distances: AlignedBuffer<Float>
    /// Distances computed since the scratch was handed out.
    var evaluations = 0
    /// How many ids had got a new slot when the search began.
    var replacementsBefore = 0
    /// Damage met since then; the search ends there and its result is worth nothing.
    var damage: VectorIndexError?

    /// How many rows are computed in one go.
    static let rowLimit = 256

    init(kernel: BlockKernel) {
        visited = VisitedSet(capacity: 0)
        queryBuffer = QueryBuffer(layout: kernel.layout)
        candidateBuffer = QueryBuffer(layout: kernel.layout)
        query = kernel.query(in: queryBuffer)
        row = AlignedBuffer(count: VectorMatrix.rowLength(dimension: kernel.layout.dimension))
        let linkLimit = kernel.layout.linkLimit
        links = AlignedBuffer(count: linkLimit)
        furtherLinks = AlignedBuffer(count: linkLimit)
        rows = AlignedBuffer(count: max(Self.rowLimit, 2 * linkLimit))
        distances = AlignedBuffer(count: max(Self.rowLimit, 2 * linkLimit))
    }

    /// Searches for a vector of the caller's.
    func setQuery(_ vector: [Float], scale: Float, kernel: BlockKernel) {
        let floats = queryBuffer.floats
        precondition(vector.count <= floats.count, "\(vector.count) floats into \(floats.count)")
        var norm: Float = 0
        vector.withUnsafeBufferPointer { vector in
            for i in 0..<vector.count {
                let value = vector[i] * scale
                floats.base[i] = value
                norm += value * value
            }
        }
        queryNorm = norm
        query = kernel.query(in: queryBuffer)
    }

    /// Searches for a stored vector.
    func setQuery(slot: UInt32, index: HNSWIndex) {
        query = index.kernel.query(of: slot, in: index.blocks, buffer: queryBuffer)
    }

    /// The query's floats, padded with zeros. Not for stored vectors.
    var queryFloats: UnsafePointer<Float> { UnsafePointer(queryBuffer.floats.base) }
}

/// Scratches that no search is using.
final class ScratchPool: Sendable {
    private let idle = Guarded<[Parcel]>([])
    private let kernel: BlockKernel

    /// More than this many are not kept: as many as searches usually run at once.
    private static let keep = 64

    /// A scratch on its way from one thread to another.
    private struct Parcel: @unchecked Sendable {
        // Sendable proof: a scratch is either in `idle`, where nobody uses it, or lent to exactly one call of
        // `withScratch`; the mutex orders the one before the other.
        let scratch: SearchScratch
    }

    init(kernel: BlockKernel) {
        self.kernel = kernel
    }

    /// Lends a scratch to `body`.
    func withScratch<R, E: Error>(_ body: (SearchScratch) throws(E) -> R) throws(E) -> R {
        let parcel = idle.withLock { $0.popLast() } ?? Parcel(scratch: SearchScratch(kernel: kernel))
        parcel.scratch.evaluations = 0
        parcel.scratch.damage = nil
        defer {
            idle.withLock { idle in
                if idle.count < Self.keep { idle.append(parcel) }
            }
        }
        return try body(parcel.scratch)
    }
}
