/// What "near" means. Every metric is a distance: smaller is closer.
///
/// | case | distance of *a* and *b* | range |
/// |---|---|---|
/// | `cosine` | 1 − *a*·*b* / (\|*a*\| \|*b*\|) | 0…2 |
/// | `innerProduct` | −*a*·*b* | any |
/// | `squaredL2` | Σ (*aᵢ* − *bᵢ*)² | 0… |
public enum Metric: UInt32, Sendable, CaseIterable, CustomStringConvertible {
    /// Direction only. Vectors are normalised when they are stored; the zero vector has no direction and is
    /// refused.
    case cosine = 1
    /// Largest inner product first. Not a true metric: a vector need not be nearest to itself.
    case innerProduct = 2
    /// Squared Euclidean distance.
    case squaredL2 = 3

    /// The case's name.
    public var description: String {
        switch self {
        case .cosine: "cosine"
        case .innerProduct: "innerProduct"
        case .squaredL2: "squaredL2"
        }
    }

    /// Whether the kernels compute a dot product for it (else squared L2).
    var usesDotProduct: Bool { self != .squaredL2 }

    /// The distance is `bias + scale × kernel`.
    var bias: Float { self == .cosine ? 1 : 0 }
    var scale: Float { usesDotProduct ? -1 : 1 }

    /// Puts a distance that rounding carried out of the metric's range back on its edge.
    func clamped(_ distance: Float) -> Float {
        switch self {
        case .cosine: min(max(distance, 0), 2)
        case .innerProduct: distance
        case .squaredL2: max(distance, 0)
        }
    }
}
