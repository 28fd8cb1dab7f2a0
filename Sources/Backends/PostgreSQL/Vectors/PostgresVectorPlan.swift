/// How a filtered search goes about it, by what it is likely to cost.
enum PostgresVectorPlan: Equatable {
    /// Compare every admitted id.
    case compare
    /// Ask the index for so many, and keep those that are admitted.
    case walk(limit: Int)

    /// Ids that are sent in one statement at most.
    static let batch = 20_000
    /// Results that an index is asked for at most; past that, comparing is no slower.
    static let walkLimit = 16_384
    /// Vectors that a walk compares for each result: those that are linked to it and were not seen before.
    private static let comparedForEach = 16

    /// - Parameters:
    ///   - admitted: ids of the filter, stored or not.
    ///   - total: vectors stored.
    ///   - breadth: candidates that a walk keeps in any case.
    static func first(admitted: Int, total: Int, k: Int, breadth: Int) -> PostgresVectorPlan {
        guard admitted > 0, total > 0 else { return .compare }
        let share = min(1, Double(admitted) / Double(total))
        // Half as many again, so that the usual unevenness needs no second round.
        let expected = Double(k) / share * 1.5 + 16
        guard expected <= Double(walkLimit) else { return .compare }
        let limit = rounded(Int(expected.rounded(.up)))
        let compared = max(limit, breadth) * comparedForEach
        return admitted <= batch && admitted <= compared ? .compare : .walk(limit: limit)
    }

    /// The limit after one that gave too few; `nil` when comparing is next.
    static func next(after limit: Int) -> Int? {
        limit >= walkLimit ? nil : min(walkLimit, limit * 4)
    }

    /// The limit after one that gave too few of a filter that lists its ids; `nil` when comparing is next.
    ///
    /// What was admitted may lie far from the question, together or apart: how many of them came tells more of it than
    /// their share of everything.
    ///
    /// - Parameters:
    ///   - found: admitted ones among the `limit` that came.
    ///   - admitted: as for ``first(admitted:total:k:breadth:)``.
    static func next(after limit: Int, found: Int, k: Int, admitted: Int, breadth: Int) -> Int? {
        guard let wider = next(after: limit) else { return nil }
        let expected = Double(limit) * Double(k) / max(Double(found), 0.5) * 1.5
        let needed = max(wider, Int(min(expected, Double(walkLimit)).rounded(.up)))
        let isWithinReach = expected <= Double(walkLimit)
        if admitted <= batch, !isWithinReach || admitted <= max(needed, breadth) * comparedForEach {
            return nil
        }
        return min(walkLimit, rounded(needed))
    }

    /// The next power of two: a statement is kept prepared for each limit, so there are to be few.
    static func rounded(_ limit: Int) -> Int {
        var power = 16
        while power < limit, power < 1 << 20 { power *= 2 }
        return power
    }
}
