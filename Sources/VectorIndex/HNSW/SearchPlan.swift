/// How a filtered search goes about it.
///
/// Costs are counted in distances computed. A walk of width `ef` computes about `2 M ef`; a scan computes one
/// for each vector it admits, but in a row, which is about four times faster than at random. So few admitted
/// vectors are scanned. With more, a walk without the filter shows how many of the `ef` nearest are admitted,
/// and that decides: a filter that admits a third of everything may admit nothing near the query, and then
/// only a scan finds what it admits, because the nearest admitted vectors lie far from the query in all
/// directions.
enum SearchPlan: Equatable {
    /// Compute every admitted vector's distance.
    case scan
    /// Walk the graph as if there were no filter, this wide, and keep what is admitted.
    case walk(ef: Int)
    /// Walk from admitted vector to admitted vector, looking through those that are not.
    case admittedWalk(ef: Int)

    /// The plan before anything is known but numbers.
    ///
    /// - Parameters:
    ///   - admitted: vectors that the filter admits, or an estimate.
    ///   - total: vectors in the index.
    static func first(admitted: Int, total: Int, ef: Int, M: Int) -> SearchPlan {
        let walk = 2 * M * ef
        if admitted >= total { return total <= walk ? .scan : .walk(ef: ef) }
        return admitted <= 4 * walk ? .scan : .walk(ef: ef)
    }

    /// The plan after a walk of width `ef` met too few admitted vectors.
    ///
    /// - Parameters:
    ///   - nearby: how many of the `ef` nearest were admitted.
    ///   - share: of all vectors that are admitted, 0…1.
    static func second(nearby: Int, share: Double, ef: Int) -> SearchPlan {
        let nearbyShare = Double(nearby) / Double(ef)
        if nearbyShare < share / 3 { return .scan }
        if nearbyShare >= 0.25 { return .walk(ef: Int(Double(ef) / nearbyShare * 1.2)) }
        return .admittedWalk(ef: ef + ef / 2)
    }
}
