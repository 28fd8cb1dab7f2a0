/// The two directions in which vectors differ most.
///
/// They are the leading eigenvectors of the vectors' covariance (Pearson, 1901), found by orthogonal iteration
/// (Golub & Van Loan, "Matrix Computations", section 8.2.4). The covariance comes from a sample: it is a square of
/// the dimension whose entries settle long before all vectors are read.
struct PrincipalComponents {
    private let mean: AlignedBuffer<Float>
    /// Rows of ``length`` floats.
    private let directions: AlignedBuffer<Float>
    private let length: Int

    /// Vectors that the covariance is made of at most.
    private static let sampleLimit = 16_384
    /// Vectors that are read and multiplied at once.
    private static let tile = 256
    /// Directions that are followed: more than two, so that those come out clean.
    private static let width = 8
    private static let iterations = 60

    /// Of a spread of `slots`.
    ///
    /// - Returns: `nil` if they do not differ.
    static func ofMost(_ slots: [UInt32], _ rows: StoredRows) throws(VectorIndexError) -> PrincipalComponents?
    {
        let step = max(1, slots.count / sampleLimit)
        let sample = stride(from: 0, to: slots.count, by: step).map { slots[$0] }
        let length = rows.length
        let mean = AlignedBuffer<Float>(count: length)
        let gram = AlignedBuffer<Float>(count: length * length)
        let tile = AlignedBuffer<Float>(count: Self.tile * length)
        for start in stride(from: 0, to: sample.count, by: Self.tile) {
            let count = min(Self.tile, sample.count - start)
            for row in 0..<count {
                let target = tile.base + row * length
                try rows.copy(sample[start + row], to: target)
                for column in 0..<length { mean.base[column] += target[column] }
            }
            MatrixProduct.addGram(of: tile.base, rowCount: count, stride: length, to: gram.base)
        }
        let share = 1 / Float(sample.count)
        for column in 0..<length { mean.base[column] *= share }
        // Covariance: the mean of the products less the product of the means; the product is in the upper half.
        var trace: Float = 0
        for row in 0..<length {
            for column in row..<length {
                let value = gram.base[row * length + column] * share - mean.base[row] * mean.base[column]
                gram.base[row * length + column] = value
                gram.base[column * length + row] = value
            }
            trace += gram.base[row * length + row]
        }
        // A difference of large numbers: what is left of equal vectors is their rounding.
        let squaredMean = (0..<length).reduce(Float(0)) { $0 + mean.base[$1] * mean.base[$1] }
        guard trace > max(1e-9, 1e-6 * squaredMean), trace.isFinite else { return nil }
        let directions = leading(of: gram, length)
        return PrincipalComponents(mean: mean, directions: directions, length: length)
    }

    private init(mean: AlignedBuffer<Float>, directions: AlignedBuffer<Float>, length: Int) {
        (self.mean, self.directions, self.length) = (mean, directions, length)
    }

    /// Where the directions put vectors: two numbers each.
    func places(of slots: [UInt32], _ rows: StoredRows) throws(VectorIndexError) -> [Float] {
        var places = [Float](repeating: 0, count: 2 * slots.count)
        let tile = AlignedBuffer<Float>(count: Self.tile * length)
        let products = AlignedBuffer<Float>(count: 2 * Self.tile)
        let offsets = (0..<2).map { direction in
            (0..<length).reduce(Float(0)) { $0 + mean.base[$1] * directions.base[direction * length + $1] }
        }
        for start in stride(from: 0, to: slots.count, by: Self.tile) {
            let count = min(Self.tile, slots.count - start)
            for row in 0..<count { try rows.copy(slots[start + row], to: tile.base + row * length) }
            MatrixProduct.dotProducts(
                queries: directions.base, queryCount: 2, rows: tile.base, rowCount: count, stride: length,
                into: products.base, resultStride: Self.tile)
            for row in 0..<count {
                places[2 * (start + row)] = products.base[row] - offsets[0]
                places[2 * (start + row) + 1] = products.base[Self.tile + row] - offsets[1]
            }
        }
        return places
    }

    /// The leading eigenvectors of a symmetric matrix, the greatest first.
    private static func leading(of matrix: AlignedBuffer<Float>, _ length: Int) -> AlignedBuffer<Float> {
        let width = min(width, length)
        var (current, next) = (
            AlignedBuffer<Float>(count: width * length), AlignedBuffer<Float>(count: width * length)
        )
        var random = SplitMix64(state: 1)
        for place in 0..<width * length { current.base[place] = Float(random.nextUnit() - 0.5) }
        for _ in 0..<iterations {
            orthonormalize(current, width, length)
            // The matrix is its own transpose, so products with its rows are products with the matrix.
            MatrixProduct.dotProducts(
                queries: current.base, queryCount: width, rows: matrix.base, rowCount: length, stride: length,
                into: next.base, resultStride: length)
            swap(&current, &next)
        }
        orthonormalize(current, width, length)
        for row in 0..<min(2, width) { orient(current.base + row * length, length) }
        return current
    }

    /// Gram–Schmidt, twice, which is as good as exact (Giraud, Langou & Rozložník, 2005).
    private static func orthonormalize(_ rows: AlignedBuffer<Float>, _ count: Int, _ length: Int) {
        for row in 0..<count {
            let own = rows.base + row * length
            for _ in 0..<2 {
                for earlier in 0..<row {
                    let other = rows.base + earlier * length
                    var product: Float = 0
                    for column in 0..<length { product += own[column] * other[column] }
                    for column in 0..<length { own[column] -= product * other[column] }
                }
            }
            var square: Float = 0
            for column in 0..<length { square += own[column] * own[column] }
            // A direction that the others hold already is none; it stays zero.
            let scale = square > 1e-20 ? 1 / square.squareRoot() : 0
            for column in 0..<length { own[column] *= scale }
        }
    }

    /// Of both signs that a direction may have, the one whose greatest component is positive.
    private static func orient(_ row: UnsafeMutablePointer<Float>, _ length: Int) {
        var greatest: Float = 0
        for column in 0..<length where abs(row[column]) > abs(greatest) { greatest = row[column] }
        guard greatest < 0 else { return }
        for column in 0..<length { row[column] = -row[column] }
    }
}
