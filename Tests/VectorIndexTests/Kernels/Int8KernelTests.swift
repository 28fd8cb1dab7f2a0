import CVectorKernels
import Testing

@testable import VectorIndex

@Suite struct `Kernels of signed bytes` {
    private func dot(_ a: ArraySlice<Int8>, _ b: ArraySlice<Int8>) -> Int {
        var sum = 0
        for (x, y) in zip(a, b) { sum += Int(x) * Int(y) }
        return sum
    }

    private func squaredL2(_ a: ArraySlice<Int8>, _ b: ArraySlice<Int8>) -> Int {
        var sum = 0
        for (x, y) in zip(a, b) { sum += (Int(x) - Int(y)) * (Int(x) - Int(y)) }
        return sum
    }

    private func bytes(_ count: Int, _ numbers: inout SeededNumbers) -> [Int8] {
        (0..<count).map { _ in Int8.random(in: -128...127, using: &numbers) }
    }

    @Test(arguments: InstructionSet.available)
    func `are exact at every length to 2048, within the vectors' memory`(set: InstructionSet) {
        var numbers = SeededNumbers(seed: 51)
        let (a, b) = (bytes(2048, &numbers), bytes(2048, &numbers))
        let (left, right) = (GuardedMemory(bytes: 2048), GuardedMemory(bytes: 2048))
        defer { withExtendedLifetime((left, right)) {} }
        let (x, y) = (left.place(a), right.place(b))
        for length in 0...2048 {
            // The last bytes of the memory, so every alignment comes up and the guard page follows.
            let start = 2048 - length
            let product = set.kernels.int8_dot(x + start, y + start, length)
            #expect(Int(product) == dot(a[start...], b[start...]), "seed 51, length \(length)")
            let distance = set.kernels.int8_squared_l2(x + start, y + start, length)
            #expect(Int(distance) == squaredL2(a[start...], b[start...]), "seed 51, length \(length)")
        }
    }

    @Test(arguments: InstructionSet.available, [Int8(-128), 127])
    func `stay exact for the greatest bytes and the greatest length`(set: InstructionSet, byte: Int8) {
        for length in [1, 31, 64, 65_535, 65_536] {
            let (a, b) = ([Int8](repeating: byte, count: length), [Int8](repeating: -128, count: length))
            let c = [Int8](repeating: 127, count: length)
            #expect(Int(set.kernels.int8_dot(a, b, length)) == dot(a[...], b[...]))
            #expect(Int(set.kernels.int8_dot(a, c, length)) == dot(a[...], c[...]))
            #expect(Int(set.kernels.int8_squared_l2(a, b, length)) == squaredL2(a[...], b[...]))
            #expect(Int(set.kernels.int8_squared_l2(b, c, length)) == 65_025 * length)
            let row = b + b + b + b + b
            var (products, distances) = ([Int32](repeating: 0, count: 5), [UInt32](repeating: 0, count: 5))
            set.kernels.int8_dot_rows(a, row, length, length, nil, 5, &products)
            set.kernels.int8_squared_l2_rows(c, row, length, length, nil, 5, &distances)
            #expect(products.allSatisfy { Int($0) == dot(a[...], b[...]) })
            #expect(distances.allSatisfy { Int($0) == 65_025 * length })
        }
    }

    @Test(arguments: InstructionSet.available)
    func `are exact for many rows, of any length and distance apart`(set: InstructionSet) {
        var numbers = SeededNumbers(seed: 52)
        for (length, gap) in [(1, 0), (5, 2), (16, 0), (33, 1), (64, 0), (100, 7), (384, 0)] {
            let query = bytes(length, &numbers)
            let stride = length + gap
            let matrix = bytes(13 * stride, &numbers)
            let names = (0..<13).map { _ in UInt32.random(in: 0..<13, using: &numbers) }
            for rows in [names, nil] {
                for count in 0...13 {
                    var (products, distances) = (
                        [Int32](repeating: 7, count: 13), [UInt32](repeating: 7, count: 13)
                    )
                    set.kernels.int8_dot_rows(query, matrix, stride, length, rows, count, &products)
                    set.kernels.int8_squared_l2_rows(query, matrix, stride, length, rows, count, &distances)
                    for i in 0..<count {
                        let start = stride * (rows.map { Int($0[i]) } ?? i)
                        let row = matrix[start..<start + length]
                        #expect(Int(products[i]) == dot(query[...], row), "seed 52, \(count) rows, row \(i)")
                        #expect(
                            Int(distances[i]) == squaredL2(query[...], row),
                            "seed 52, \(count) rows, row \(i)")
                    }
                    #expect(products[count...].allSatisfy { $0 == 7 })
                    #expect(distances[count...].allSatisfy { $0 == 7 })
                }
            }
        }
    }
}
