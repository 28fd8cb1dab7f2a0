import Foundation

/// The 95 % interval of a share, by the score that Wilson gave (“Probable inference, the law of succession, and
/// statistical inference”, 1927): it stays within 0…1, and is not empty where all or none of few counted.
public struct WilsonInterval: Sendable, Hashable, Codable {
    public var low: Double
    public var high: Double

    /// - Parameters:
    ///   - share: 0…1.
    ///   - trials: of how many it is the share.
    /// - Returns: `nil` of nothing.
    public init?(share: Double, trials: Int) {
        guard trials > 0, (0...1).contains(share) else { return nil }
        let (n, z) = (Double(trials), 1.959_963_984_540_054)
        let middle = (share + z * z / (2 * n)) / (1 + z * z / n)
        let half = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
        // Rounding must not leave the share outside.
        low = max(0, min(middle - half, share))
        high = min(1, max(middle + half, share))
    }
}
