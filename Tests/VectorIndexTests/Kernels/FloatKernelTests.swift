import CVectorKernels
import Testing

@testable import VectorIndex

/// What `DistanceKernel` does not show: the memory that is read, and rows by count.
@Suite struct `Kernels of floats` {
    @Test(arguments: InstructionSet.available)
    func `agree with plain C at every length to 2048, within the vectors' memory`(set: InstructionSet) {
        var numbers = SeededNumbers(seed: 61)
        let (left, right) = (GuardedMemory(bytes: 8192), GuardedMemory(bytes: 8192))
        defer { withExtendedLifetime((left, right)) {} }
        let (x, y) = (left.place(numbers.vector(2048)), right.place(numbers.vector(2048)))
        let (tested, plain) = (set.kernels, InstructionSet.scalar.kernels)
        for length in 0...2048 {
            let (a, b) = (x + 2048 - length, y + 2048 - length)
            // The magnitude of the terms is about 1 and 2 each, so the sums may differ by this much.
            let tolerance = Float(length + 4) * Float(length + 4).squareRoot() * 0x1p-22
            #expect(abs(tested.dot(a, b, length) - plain.dot(a, b, length)) <= tolerance)
            #expect(abs(tested.squared_l2(a, b, length) - plain.squared_l2(a, b, length)) <= 2 * tolerance)
        }
    }

    @Test(arguments: InstructionSet.available)
    func `take rows in order where none are named, within the matrix`(set: InstructionSet) {
        var numbers = SeededNumbers(seed: 62)
        for (length, gap) in [(1, 0), (7, 1), (16, 0), (33, 0), (384, 16)] {
            let query = numbers.vector(length)
            let stride = length + gap
            // The last row has no gap behind it: the guard page follows its last float.
            let memory = GuardedMemory(bytes: 4 * 9 * stride)
            defer { withExtendedLifetime(memory) {} }
            let matrix = memory.place(numbers.vector(9 * stride - gap))
            for count in 0...9 {
                var (products, distances) = (
                    [Float](repeating: -7, count: 9), [Float](repeating: -7, count: 9)
                )
                set.kernels.dot_rows(query, matrix, stride, length, nil, count, &products)
                set.kernels.squared_l2_rows(query, matrix, stride, length, nil, count, &distances)
                for i in 0..<count {
                    let row = matrix + i * stride
                    #expect(products[i].bitPattern == set.kernels.dot(query, row, length).bitPattern)
                    #expect(distances[i].bitPattern == set.kernels.squared_l2(query, row, length).bitPattern)
                }
                #expect(products[count...].allSatisfy { $0 == -7 })
                #expect(distances[count...].allSatisfy { $0 == -7 })
            }
        }
    }
}
