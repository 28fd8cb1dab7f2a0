/// How many of the true nearest a store's searches find, measured on some of its own vectors.
public struct RecallMeasurement: Sendable, Equatable {
    /// Neighbours that each search looked for.
    public let k: Int
    /// Breadth of the searches.
    public let efSearch: Int
    /// Stored vectors that were searched for.
    public let sampled: Int
    /// Vectors that there were.
    public let count: Int
    /// Mean recall@k, 0…1.
    public let value: Double
    /// The 95 % interval of that mean over all vectors.
    public let low: Double
    /// The upper end of that interval.
    public let high: Double
}

extension LocalVectorStore {
    /// Vectors that are sampled at most.
    public static let recallSample = 200

    /// Searches for some stored vectors, and compares what is found with what comparing every vector finds. A vector
    /// itself, which each search finds first, does not count.
    ///
    /// The interval is Wilson's (1927), of as many trials as the searches' `k` neighbours are worth: neighbours of one
    /// vector are found or missed together (Kish's design effect).
    ///
    /// - Parameters:
    ///   - k: neighbours of each sampled vector, 1…1,000.
    ///   - efSearch: as searches have it; `nil` for the store's own.
    ///   - comparisons: of vectors, at most, which decides how many are sampled: ``recallSample``, fewer in a large
    ///     index, at least eight.
    ///   - seed: of the sample: the same vectors and seed are the same searches.
    ///   - isCancelled: is asked between searches; `true` ends the measurement.
    /// - Returns: `nil` if there are not more than `k` vectors, or `isCancelled` says so.
    /// - Throws: as a search.
    /// - Complexity: O(sampled · vectors); half a second for 100,000 vectors.
    public func measuredRecall(
        k: Int = 10, efSearch: Int? = nil, comparisons: Int = 200_000_000, seed: UInt64 = 1,
        isCancelled: () -> Bool = { false }
    ) throws(VectorIndexError) -> RecallMeasurement? {
        try VectorChecks.check("k", k, in: 1...1_000)
        let count = count
        guard count > k else { return nil }
        let sampled = min(max(comparisons / count, 8), Self.recallSample, count)
        let ef = max(efSearch ?? parameters.efSearch, k + 1)
        var recalls: [Double] = []
        for query in try sample(sampled, seed: seed) {
            if isCancelled() { return nil }
            let found = try search(query.vector, k: k + 1, efSearch: ef)
            let truth = try scanned(query.vector, k: k + 1)
            let others: ([Neighbor]) -> [Neighbor] = { all in all.filter { $0.id != query.id } }
            recalls.append(recall(of: others(found), against: others(truth), k: k))
        }
        guard !recalls.isEmpty else { return nil }
        let mean = recalls.reduce(0, +) / Double(recalls.count)
        let (low, high) = Self.interval(of: recalls, mean: mean, k: k)
        return RecallMeasurement(
            k: k, efSearch: ef, sampled: recalls.count, count: count, value: mean, low: low, high: high)
    }

    /// Some stored vectors, the same ones for the same seed and content.
    private func sample(_ count: Int, seed: UInt64) throws(VectorIndexError) -> [VectorEntry] {
        try reading { index, scratch throws(VectorIndexError) in
            let rows = StoredRows(index, scratch)
            let mixed = index.slots.liveSlots().map { slot in
                (SplitMix64.number(index.slots.id(of: slot), seed: seed), slot)
            }
            var entries: [VectorEntry] = []
            let row = AlignedBuffer<Float>(count: rows.length)
            for (_, slot) in mixed.sorted(by: { $0.0 < $1.0 }).prefix(count) {
                try rows.copy(slot, to: row.base)
                let vector = (0..<dimension).map { row.base[$0] }
                // A vector of zeros is near nothing.
                guard vector.contains(where: { $0 != 0 }) else { continue }
                entries.append(VectorEntry(id: index.slots.id(of: slot), vector: vector))
            }
            return entries
        }
    }

    /// The nearest by comparing every vector.
    private func scanned(_ query: [Float], k: Int) throws(VectorIndexError) -> [Neighbor] {
        try reading { index, scratch throws(VectorIndexError) in
            scratch.setQuery(query, scale: 1, kernel: index.kernel)
            scratch.replacementsBefore = index.slots.replacements.count
            let found = index.scan(Everything(), k: k, scratch: scratch)
            if let damage = scratch.damage { throw damage }
            return found
        }
    }

    private static func interval(
        of recalls: [Double], mean: Double, k: Int
    ) -> (low: Double, high: Double) {
        let count = Double(recalls.count)
        let variance = recalls.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / max(count - 1, 1)
        let independent = mean * (1 - mean) / Double(k)
        let trials = count * Double(k) / (independent > 0 ? max(variance / independent, 1) : 1)
        let z = 1.959_964
        let middle = (mean + z * z / (2 * trials)) / (1 + z * z / trials)
        let spread = mean * (1 - mean) / trials + z * z / (4 * trials * trials)
        let half = z / (1 + z * z / trials) * spread.squareRoot()
        // Rounding must not put the value outside of its own interval.
        return (max(0, min(middle - half, mean)), min(1, max(middle + half, mean)))
    }

    /// Bytes of the index that are in RAM now, room for more vectors included where it was used once; and those of
    /// the file that is mapped, which the system reads when they are touched.
    ///
    /// - Complexity: O(pages), some milliseconds for a gigabyte.
    public func memory() -> (residentByteCount: Int, mappedByteCount: Int) {
        let resident = reading { index, _ in
            let isApart = index.layout.format != .float32
            return index.blocks.floats.residentByteCount + index.blocks.heads.residentByteCount
                + (isApart ? index.matrix.residentByteCount : 0) + 4 * index.slots.buckets.count
                + 13 * index.slots.end
        }
        return (resident, isMapped ? statistics().snapshotByteCount : 0)
    }
}
