/// When a walk has seen enough: once the nearest candidate not yet expanded is `factor` times as far as the
/// `rank`-th nearest found.
///
/// A beam of fixed width works as long for an easy query, whose neighbours stand out, as for a hard one. This
/// rule stops the easy ones early and lets the hard ones go on (Al-Jazzazi et al., "Distance Adaptive Beam
/// Search for Provably Accurate Graph-Based Nearest Neighbor Search", 2025). At the same mean work it finds
/// more.
struct StopRule: Equatable {
    /// The results asked for.
    let rank: Int
    /// At least 1; infinite for none.
    let factor: Float

    static let none = StopRule(rank: .max, factor: .infinity)
    /// How many times `efSearch` a hard query may take.
    static let widening = 4
}
