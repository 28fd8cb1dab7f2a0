/// Merges ranked lists by rank alone, so lists whose scores are not comparable can be mixed.
///
/// A result at 1-based rank `r` of list `i` earns `weights[i] / (k + r)`; a result's score is its sum over
/// all lists. `k = 60` is the constant of Cormack, Clarke & Büttcher, "Reciprocal Rank Fusion
/// Outperforms Condorcet and Individual Rank Learning Methods" (SIGIR 2009); their weights are all 1.
///
/// - Parameter weights: one a list; missing ones are 1.
/// - Returns: every distinct id, best first. Ties keep the order of first appearance.
/// - Complexity: O(*n* log *n*) in the total length of `rankings`.
public func reciprocalRankFusion<ID: Hashable>(
    _ rankings: [[ID]], k: Double = 60, weights: [Double] = []
) -> [(id: ID, score: Double)] {
    var position: [ID: Int] = [:]
    var fused: [(id: ID, score: Double)] = []
    for (list, ranking) in rankings.enumerated() {
        let weight = list < weights.count ? weights[list] : 1
        for (offset, id) in ranking.enumerated() {
            let share = weight / (k + Double(offset + 1))
            if let known = position[id] {
                fused[known].score += share
            } else {
                position[id] = fused.count
                fused.append((id, share))
            }
        }
    }
    return fused.enumerated()
        .sorted { ($1.element.score, $0.offset) < ($0.element.score, $1.offset) }
        .map(\.element)
}
