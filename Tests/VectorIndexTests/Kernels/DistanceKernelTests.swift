import Testing

@testable import VectorIndex

@Suite struct `Distance kernels` {
    /// Distance by the definition, in double precision, and how far a Float sum in any order may be from it.
    private func oracle(_ metric: Metric, _ a: [Float], _ b: [Float]) -> (value: Double, tolerance: Double) {
        var sum = 0.0
        var magnitude = 0.0
        for (x, y) in zip(a, b) {
            let difference = Double(x) - Double(y)
            let term = metric == .squaredL2 ? difference * difference : Double(x) * Double(y)
            sum += term
            magnitude += abs(term)
        }
        let value = Double(metric.bias) + Double(metric.scale) * sum
        return (value, (Double(a.count) + 4) * 0x1p-23 * (magnitude + abs(value)) + 1e-30)
    }

    private func distance(
        _ metric: Metric, _ set: InstructionSet, _ a: [Float], _ b: [Float], shift: Int = 0
    ) -> Float {
        // One float further than aligned memory, so that wide loads cross cache lines.
        let left = [Float](repeating: .nan, count: shift) + a
        let right = [Float](repeating: .nan, count: shift) + b
        let kernel = DistanceKernel(metric: metric, instructions: set)
        return left.withUnsafeBufferPointer { left in
            right.withUnsafeBufferPointer { right in
                guard let x = left.baseAddress, let y = right.baseAddress else { return metric.bias }
                return kernel.distance(x + shift, y + shift, count: a.count)
            }
        }
    }

    @Test(arguments: InstructionSet.available, Metric.allCases)
    func `agree with a double precision sum at every length to 2048, aligned or not`(
        set: InstructionSet, metric: Metric
    ) {
        var numbers = SeededNumbers(seed: 11)
        let a = numbers.vector(2048)
        let b = numbers.vector(2048)
        for length in 1...2048 {
            let (x, y) = (Array(a[..<length]), Array(b[..<length]))
            let expected = oracle(metric, x, y)
            for shift in [0, 1, 3] {
                let actual = Double(distance(metric, set, x, y, shift: shift))
                #expect(
                    abs(actual - expected.value) <= expected.tolerance,
                    "seed 11, length \(length), shift \(shift)")
            }
        }
    }

    @Test(arguments: InstructionSet.available)
    func `see a NaN or an infinity wherever it stands`(set: InstructionSet) {
        for length in [1, 7, 8, 15, 16, 17, 31, 33, 64, 100] {
            for position in 0..<length {
                var a = [Float](repeating: 1, count: length)
                let b = [Float](repeating: 2, count: length)
                a[position] = .nan
                #expect(distance(.squaredL2, set, a, b).isNaN)
                #expect(distance(.innerProduct, set, a, b).isNaN)
                a[position] = .infinity
                #expect(distance(.squaredL2, set, a, b) == .infinity)
                #expect(distance(.innerProduct, set, a, b) == -.infinity)
            }
        }
    }

    @Test(arguments: InstructionSet.available)
    func `keep denormals`(set: InstructionSet) {
        let tiny = [Float](repeating: Float.leastNonzeroMagnitude, count: 37)
        let ones = [Float](repeating: 1, count: 37)
        #expect(distance(.innerProduct, set, tiny, ones) == -37 * Float.leastNonzeroMagnitude)
    }

    @Test(arguments: InstructionSet.available, Metric.allCases)
    func `give a row the same bits alone and among others`(set: InstructionSet, metric: Metric) {
        var numbers = SeededNumbers(seed: 12)
        for dimension in [1, 5, 16, 33, 96, 384] {
            let matrix = VectorMatrix(dimension: dimension, capacity: 23)
            for row in 0..<23 { matrix.setRow(row, to: numbers.vector(dimension), scale: 1) }
            let kernel = DistanceKernel(metric: metric, instructions: set)
            let rows = (0..<23).map { _ in UInt32.random(in: 0..<23, using: &numbers) }
            let results = AlignedBuffer<Float>(count: rows.count)
            matrix.withRow(0) { query in
                for count in 0...rows.count {
                    kernel.distances(from: query, to: matrix, rows: rows, count: count, into: results.base)
                    for i in 0..<count {
                        let alone = matrix.withRow(Int(rows[i])) {
                            kernel.distance(query, $0, count: matrix.stride)
                        }
                        #expect(
                            results.base[i].bitPattern == alone.bitPattern, "seed 12, \(count) rows, row \(i)"
                        )
                    }
                }
            }
        }
    }

    @Test func `exist for this processor, the plain ones at least`() {
        #expect(InstructionSet.available.first == .scalar)
    }
}
