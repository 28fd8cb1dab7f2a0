import CVectorKernels
import Testing

@testable import VectorIndex

@Suite struct `Encoding kernels` {
    struct Coded: Equatable {
        var scale: UInt32
        var offset: UInt32
        var norm: UInt32
        var sum: Int32
        var codes: [UInt8]

        /// What the codes stand for, in the order of the dimensions.
        func decoded(_ length: Int, _ format: CodeFormat) -> [Double] {
            (0..<length).map { i in
                let code =
                    format == .sevenBits
                    ? codes[i] : codes[i / 128 * 64 + i % 64] >> (i % 128 < 64 ? 0 : 4) & 15
                return Double(Float(bitPattern: offset)) + Double(Float(bitPattern: scale)) * Double(code)
            }
        }
    }

    private func row(_ v: [Float], _ format: CodeFormat, _ set: InstructionSet) -> Coded {
        let padded = (v.count + format.granule - 1) / format.granule * format.granule
        let bytes = format == .sevenBits ? padded : padded / 2
        var header = mk_code_header(scale: .nan, offset: .nan, norm: .nan, sum: -1)
        let floats = GuardedMemory(bytes: v.count * 4)
        let memory = GuardedMemory(bytes: bytes)
        defer { withExtendedLifetime((floats, memory)) {} }
        let codes = memory.place([UInt8](repeating: 0xff, count: bytes))
        let encode = format == .sevenBits ? set.kernels.encode_row7 : set.kernels.encode_row4
        encode(floats.place(v), v.count, padded, &header, codes)
        return Coded(
            scale: header.scale.bitPattern, offset: header.offset.bitPattern, norm: header.norm.bitPattern,
            sum: header.sum, codes: Array(UnsafeBufferPointer(start: codes, count: bytes)))
    }

    private func query(_ v: [Float], _ set: InstructionSet) -> (scale: Float, codes: [Int8]) {
        let padded = (v.count + 63) / 64 * 64
        let (floats, memory) = (GuardedMemory(bytes: v.count * 4), GuardedMemory(bytes: padded))
        defer { withExtendedLifetime((floats, memory)) {} }
        let codes = memory.place([Int8](repeating: -1, count: padded))
        let scale = set.kernels.encode_query(floats.place(v), v.count, padded, codes)
        return (scale, Array(UnsafeBufferPointer(start: codes, count: padded)))
    }

    /// Vectors of all kinds and sizes: ordinary, far from zero, one great outlier, huge, tiny.
    private func samples(_ numbers: inout SeededNumbers) -> [[Float]] {
        (Array(1...140) + [384, 768, 1000]).flatMap { length -> [[Float]] in
            let v = numbers.vector(length)
            var outlier = v
            outlier[length / 2] = 40
            return [
                v, v.map { $0 + 100 }, outlier, v.map { $0 * 1e17 },
                v.map { ($0 < 0 ? -1e18 : 1e18) / Float(length).squareRoot() },
                v.map { $0 * 1e-30 },
                v.map { $0 * 0x1p-135 },
            ]
        }
    }

    @Test(arguments: InstructionSet.available)
    func `code a query by rounding to the nearest, ties to even`(set: InstructionSet) {
        var numbers = SeededNumbers(seed: 31)
        for v in samples(&numbers) {
            let coded = query(v, set)
            let most = v.map(abs).max() ?? 0
            guard most >= 0x1p-110 else {
                #expect(coded.scale == 0 && coded.codes.allSatisfy { $0 == 0 })
                continue
            }
            #expect(coded.scale == most / 127)
            let expected = v.map { Int8(($0 * (127 / most)).rounded(.toNearestOrEven)) }
            #expect(Array(coded.codes[..<v.count]) == expected, "seed 31, length \(v.count)")
            #expect(coded.codes[v.count...].allSatisfy { $0 == 0 })
        }
        // 127 / 254 is exact, so odd floats are ties.
        #expect(query([254, 1, 3, 5, -1, -3, -254], set).codes[..<7] == [127, 0, 2, 2, 0, -2, -127])
    }

    @Test(arguments: InstructionSet.available)
    func `code a row of 7 bits within half a step of every float`(set: InstructionSet) {
        var numbers = SeededNumbers(seed: 32)
        for v in samples(&numbers) {
            let coded = row(v, .sevenBits, set)
            let norm = v.reduce(0) { $0 + Double($1) * Double($1) }
            #expect(abs(Double(Float(bitPattern: coded.norm)) - norm) <= norm * 0x1p-23 + 0x1p-149)
            #expect(Int(coded.sum) == coded.codes.reduce(0) { $0 + Int($1) })
            #expect(coded.codes.allSatisfy { $0 <= 127 } && coded.codes[v.count...].allSatisfy { $0 == 0 })
            let scale = Double(Float(bitPattern: coded.scale))
            for (x, y) in zip(v, coded.decoded(v.count, .sevenBits)) {
                // Half a step, and what rounding the floats of the formula adds.
                let bound = scale * 0.5001 + Double(abs(x)) * 0x1p-21 + 0x1p-110
                #expect(abs(Double(x) - y) <= bound, "seed 32, length \(v.count)")
            }
        }
    }

    @Test(arguments: InstructionSet.available)
    func `code a row of 4 bits so that its dot product with itself is its squared length`(
        set: InstructionSet
    ) {
        var numbers = SeededNumbers(seed: 33)
        for v in samples(&numbers) where (v.map(abs).max() ?? 0) > 0x1p-60 {
            let coded = row(v, .fourBits, set)
            let decoded = coded.decoded(v.count, .fourBits)
            let norm = v.reduce(0) { $0 + Double($1) * Double($1) }
            let product = zip(v, decoded).reduce(0) { $0 + Double($1.0) * $1.1 }
            #expect(abs(product - norm) <= norm * 1e-5, "seed 33, length \(v.count)")
            let nibbles = coded.codes.reduce(0) { $0 + Int($1 & 15) + Int($1 >> 4) }
            #expect(Int(coded.sum) == nibbles, "padding adds to the sum")
        }
    }

    @Test(arguments: InstructionSet.available)
    func `clip an outlier of a 4-bit row where that brings the codes closer`(set: InstructionSet) {
        var numbers = SeededNumbers(seed: 34)
        var v = numbers.vector(384)
        v[7] = 12
        let decoded = row(v, .fourBits, set).decoded(384, .fourBits)
        let (least, most) = (v.min() ?? 0, v.max() ?? 0)
        let step = (most - least) / 15
        let plain = v.map { Double(least + step * (($0 - least) / step).rounded()) }
        func cosine(_ a: [Double]) -> Double {
            let dot = zip(v, a).reduce(0) { $0 + Double($1.0) * $1.1 }
            return dot / a.reduce(0) { $0 + $1 * $1 }.squareRoot()
        }
        #expect(cosine(decoded) > cosine(plain))
    }

    @Test(arguments: InstructionSet.available, CodeFormat.allCases)
    func `take a vector of equal floats for its offset`(set: InstructionSet, format: CodeFormat) {
        for value: Float in [0, 1, -3, 1e18, .leastNonzeroMagnitude] {
            let coded = row([Float](repeating: value, count: 77), format, set)
            #expect(coded.scale == 0 && coded.sum == 0 && coded.offset == value.bitPattern)
            #expect(coded.codes.allSatisfy { $0 == 0 })
        }
    }

    @Test(arguments: InstructionSet.available)
    func `give the same bits as plain C`(set: InstructionSet) {
        var numbers = SeededNumbers(seed: 35)
        for v in samples(&numbers) {
            for format in CodeFormat.allCases {
                #expect(row(v, format, set) == row(v, format, .scalar), "seed 35, length \(v.count)")
            }
            #expect(query(v, set) == query(v, .scalar), "seed 35, length \(v.count)")
        }
    }

    @Test(arguments: InstructionSet.available, CodeFormat.allCases)
    func `estimate a dot product of two stored vectors as their decoded floats give it`(
        set: InstructionSet, format: CodeFormat
    ) {
        var numbers = SeededNumbers(seed: 36)
        for length in [100, 384, 1024] {
            let padded = (length + 127) / 128 * 128
            let (a, b) = (row(numbers.vector(length), format, set), row(numbers.vector(length), format, set))
            let (x, y) = (a.decoded(length, format), b.decoded(length, format))
            let packed = a.codes + [UInt8](repeating: 0, count: padded)
            var natural = packed.map { Int8(bitPattern: $0) }
            if format == .fourBits { set.kernels.unpack_row4(packed, padded, &natural) }
            let header = mk_code_header(
                scale: Float(bitPattern: b.scale), offset: Float(bitPattern: b.offset), norm: 0, sum: b.sum)
            var result: Float = .nan
            natural.withUnsafeBufferPointer { codes in
                guard let base = codes.baseAddress else { return }
                var query = mk_code_query(
                    codes: base, scale: Float(bitPattern: a.scale), offset: Float(bitPattern: a.offset),
                    total: Float(x.reduce(0, +)), bias: 0, dot_weight: 1, norm_weight: 0)
                let walked = format == .sevenBits ? (length + 63) / 64 * 64 : padded
                format.rows(set.kernels)(&query, [header], b.codes, b.codes.count, walked, nil, 1, &result)
            }
            let expected = zip(x, y).reduce(0) { $0 + $1.0 * $1.1 }
            #expect(abs(Double(result) - expected) <= 1e-3, "seed 36, length \(length)")
        }
    }
}
