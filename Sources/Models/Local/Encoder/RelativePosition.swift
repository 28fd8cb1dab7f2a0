import Foundation

/// The bias that MPNet adds to a score for how far apart query and key stand.
///
/// Distances are put into buckets as in T5 (Raffel et al., "Exploring the Limits of Transfer Learning with a
/// Unified Text-to-Text Transformer", JMLR 2020), both ways: half of the buckets for keys after the query; of
/// each half, the first half for exact distances, the rest spaced by logarithm up to 128.
enum RelativePosition {
    private static let maxDistance: Float = 128

    /// The bucket of `distance` = key − query.
    static func bucket(_ distance: Int, of buckets: Int) -> Int {
        let half = buckets / 2
        let exact = half / 2
        let side = distance > 0 ? half : 0
        let length = abs(distance)
        if length < exact { return side + length }
        let far = log(Float(length) / Float(exact)) / log(maxDistance / Float(exact))
        return side + min(exact + Int(far * Float(half - exact)), half - 1)
    }

    /// For each head one row of biases, for key − query from −(`maxTokens` − 1) on.
    ///
    /// - Parameter biases: `buckets` rows of `heads` numbers.
    static func table(_ biases: [Float], heads: Int, buckets: Int, maxTokens: Int) -> FloatMatrix {
        precondition(biases.count == heads * buckets, "\(biases.count) biases")
        let width = 2 * maxTokens - 1
        let table = FloatMatrix(rows: heads, columns: width)
        table.block(rows: 0..<heads).withPointer { target in
            for head in 0..<heads {
                for i in 0..<width {
                    let bucket = bucket(i - (maxTokens - 1), of: buckets)
                    target[head * width + i] = biases[bucket * heads + head]
                }
            }
        }
        return table
    }
}
