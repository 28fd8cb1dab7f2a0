/// A few vectors from all over the index. A search compares its query with all of them, and begins at the
/// nearest as well if that is nearer than where the upper layers led.
///
/// A graph that grew cluster after cluster has few links from one cluster to the next: a new vector links to
/// its nearest, the diversity heuristic gives the far links up first, and the few vectors of the upper layers
/// were linked the same way. A search that comes down in the wrong cluster then stays there. Landmarks are
/// drawn so that every large cluster has one: each is a sampled vector, with a probability in proportion to
/// its squared distance from the nearest landmark before it (Arthur & Vassilvitskii, "k-means++: The
/// Advantages of Careful Seeding", SODA 2007).
struct Landmarks: Sendable, Equatable {
    /// Linked slots.
    let slots: [UInt32]
    /// Vectors there were when they were drawn.
    let drawnCount: Int

    static let none = Landmarks(slots: [], drawnCount: 0)
    /// As many comparisons as two or three steps of a walk; twice as many were not worth their time.
    static let limit = 64
    /// A vector in so many is a landmark, up to the limit.
    private static let spacing = 32
    private static let sampleLimit = 2048

    /// The first slots of an index of `count` vectors, where ``IndexImage`` put them; no more than ``limit``.
    init(first landmarks: Int, of count: Int) {
        (slots, drawnCount) = (Array(0..<UInt32(min(landmarks, Self.limit))), count)
    }

    private init(slots: [UInt32], drawnCount: Int) {
        (self.slots, self.drawnCount) = (slots, drawnCount)
    }

    /// Whether the index has grown so much, or lost so many of them, that others would serve it better.
    func areOld(for count: Int) -> Bool {
        let wanted = min(Self.limit, count / Self.spacing)
        return wanted > 0 && (count > drawnCount * 5 / 4 || slots.count < wanted * 3 / 4)
    }

    /// Those of them that `isLeaving` says no to.
    func without(_ isLeaving: (UInt32) -> Bool) -> Landmarks {
        Landmarks(slots: slots.filter { !isLeaving($0) }, drawnCount: drawnCount)
    }

    /// Draws landmarks from a spread of live slots.
    ///
    /// - Returns: fewer than were wanted where the sample has no more distinct vectors.
    /// - Complexity: some 200,000 comparisons at most.
    static func drawn(from index: HNSWIndex, seed: UInt64, scratch: SearchScratch) -> Landmarks {
        let count = index.slots.count
        let wanted = min(limit, count / spacing)
        let sample = index.spread(sampleLimit).filter(index.slots.isLive)
        guard wanted > 0, var next = sample.first else { return Landmarks(slots: [], drawnCount: count) }
        var random = SplitMix64(state: seed)
        // A vector's distance from itself, which is not zero where distances are products.
        let own = sample.map { index.distance($0, $0, scratch: scratch) }
        var nearest = [Float](repeating: .infinity, count: sample.count)
        var slots: [UInt32] = []
        while slots.count < wanted {
            slots.append(next)
            let ownOfNext = index.distance(next, next, scratch: scratch)
            let distances = index.distances(from: next, to: sample, scratch: scratch)
            for i in sample.indices {
                // |a − b|² from distances, for all three metrics.
                nearest[i] = min(nearest[i], max(2 * distances[i] - own[i] - ownOfNext, 0))
            }
            guard let drawn = draw(nearest, &random) else { break }
            next = sample[drawn]
        }
        return Landmarks(slots: slots, drawnCount: count)
    }

    /// A position, each with a probability in proportion to its weight; `nil` if all weights are zero.
    private static func draw(_ weights: [Float], _ random: inout SplitMix64) -> Int? {
        let total = weights.reduce(0.0) { $0 + Double($1) }
        guard total > 0, total.isFinite else { return nil }
        var rest = random.nextUnit() * total
        for (position, weight) in weights.enumerated() where weight > 0 {
            rest -= Double(weight)
            if rest < 0 { return position }
        }
        return weights.lastIndex { $0 > 0 }
    }
}
