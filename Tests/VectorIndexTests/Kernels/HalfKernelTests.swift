import CVectorKernels
import Testing

@testable import VectorIndex

/// The two ways to keep a float in 16 bits.
enum ShortFormat: CaseIterable {
    case half, bfloat

    func pair(_ kernels: mk_kernels, _ metric: Metric) -> mk_short_pair_function {
        switch (self, metric.usesDotProduct) {
        case (.half, true): kernels.half_dot
        case (.half, false): kernels.half_squared_l2
        case (.bfloat, true): kernels.bfloat_dot
        case (.bfloat, false): kernels.bfloat_squared_l2
        }
    }

    func rows(_ kernels: mk_kernels, _ metric: Metric) -> mk_short_rows_function {
        switch (self, metric.usesDotProduct) {
        case (.half, true): kernels.half_dot_rows
        case (.half, false): kernels.half_squared_l2_rows
        case (.bfloat, true): kernels.bfloat_dot_rows
        case (.bfloat, false): kernels.bfloat_squared_l2_rows
        }
    }

    func shorten(_ kernels: mk_kernels) -> mk_shorten_function {
        self == .half ? kernels.to_half : kernels.to_bfloat
    }

    private var mantissaBits: Int { self == .half ? 10 : 7 }
    private var leastExponent: Int { self == .half ? -14 : -126 }

    /// What 16 bits stand for, by the definition of the format.
    func value(_ bits: UInt16) -> Double {
        let mantissa = Int(bits) & (1 << mantissaBits - 1)
        let exponent = Int(bits & 0x7fff) >> mantissaBits
        let sign: Double = bits >> 15 == 0 ? 1 : -1
        if exponent == 0x7fff >> mantissaBits { return mantissa == 0 ? sign * .infinity : .nan }
        let significand = Double(exponent == 0 ? mantissa : mantissa + 1 << mantissaBits)
        return sign * significand * exp2(leastExponent + max(exponent, 1) - 1 - mantissaBits)
    }

    /// The 16 bits nearest to `x`, ties to the even ones, by the definition of rounding.
    func nearest(_ x: Float) -> UInt16 {
        let sign: UInt16 = x.sign == .minus ? 0x8000 : 0
        let magnitude = Double(x.magnitude)
        let exponent = magnitude == 0 ? leastExponent : max(Int(magnitude.exponent), leastExponent)
        let step = exp2(exponent - mantissaBits)
        let steps = (magnitude / step).rounded(.toNearestOrEven)
        // Steps of 2^mantissaBits and more carry into the exponent, as the formats are laid out.
        let bits = Int(steps) + (exponent - leastExponent) << mantissaBits
        let infinity = (0x7fff >> mantissaBits) << mantissaBits
        return sign | UInt16(min(bits, infinity))
    }

    private func exp2(_ power: Int) -> Double { Double(sign: .plus, exponent: power, significand: 1) }
}

@Suite struct `Kernels of 16-bit floats` {
    private func shorts(_ v: [Float], _ format: ShortFormat) -> [UInt16] { v.map { format.nearest($0) } }

    /// Distance by the definition, in double precision, and how far a Float sum in any order may be from it.
    private func oracle(
        _ metric: Metric, _ a: ArraySlice<Float>, _ b: ArraySlice<Double>
    ) -> (value: Double, tolerance: Double) {
        var (sum, magnitude) = (0.0, 0.0)
        for (x, y) in zip(a, b) {
            let term = metric.usesDotProduct ? Double(x) * y : (Double(x) - y) * (Double(x) - y)
            sum += term
            magnitude += abs(term)
        }
        return (sum, (Double(a.count) + 4) * 0x1p-23 * magnitude + 1e-30)
    }

    @Test(arguments: InstructionSet.available, ShortFormat.allCases)
    func `agree with a double precision sum at every length to 2048, within the vectors' memory`(
        set: InstructionSet, format: ShortFormat
    ) {
        var numbers = SeededNumbers(seed: 41)
        let a = numbers.vector(2048)
        let b = shorts(numbers.vector(2048), format)
        let values = b.map { format.value($0) }
        let (left, right) = (GuardedMemory(bytes: 8192), GuardedMemory(bytes: 4096))
        defer { withExtendedLifetime((left, right)) {} }
        let (x, y) = (left.place(a), right.place(b))
        for metric in [Metric.innerProduct, .squaredL2] {
            let compute = format.pair(set.kernels, metric)
            for length in 0...2048 {
                // The last floats of the memory, so every alignment comes up and the guard page follows.
                let start = 2048 - length
                let expected = oracle(metric, a[start...], values[start...])
                let actual = Double(compute(x + start, y + start, length))
                #expect(abs(actual - expected.value) <= expected.tolerance, "seed 41, length \(length)")
            }
        }
    }

    @Test(arguments: InstructionSet.available, ShortFormat.allCases)
    func `give a row the same bits alone and among others`(set: InstructionSet, format: ShortFormat) {
        var numbers = SeededNumbers(seed: 42)
        for dimension in [1, 5, 16, 33, 96, 384] {
            let query = numbers.vector(dimension)
            let stride = dimension + 3
            let matrix = shorts(numbers.vector(23 * stride), format)
            let names = (0..<23).map { _ in UInt32.random(in: 0..<23, using: &numbers) }
            for metric in [Metric.innerProduct, .squaredL2] {
                let (one, many) = (format.pair(set.kernels, metric), format.rows(set.kernels, metric))
                for count in 0...23 {
                    var (named, counted) = (
                        [Float](repeating: 0, count: 23), [Float](repeating: 0, count: 23)
                    )
                    many(query, matrix, stride, dimension, names, count, &named)
                    many(query, matrix, stride, dimension, nil, count, &counted)
                    for i in 0..<count {
                        let row = Int(names[i])
                        let alone = one(query, Array(matrix[(row * stride)...]), dimension)
                        #expect(named[i].bitPattern == alone.bitPattern, "seed 42, \(count) rows, row \(i)")
                        let here = one(query, Array(matrix[(i * stride)...]), dimension)
                        #expect(counted[i].bitPattern == here.bitPattern, "seed 42, \(count) rows, row \(i)")
                    }
                }
            }
        }
    }

    @Test(arguments: InstructionSet.available, ShortFormat.allCases)
    func `read every one of the 65,536 bit patterns as the format defines it`(
        set: InstructionSet, format: ShortFormat
    ) {
        let one: [Float] = [1] + [Float](repeating: 0, count: 36)
        for bits in UInt16.min...UInt16.max {
            let expected = format.value(bits)
            for length in [1, 37] {
                let row = [bits] + [UInt16](repeating: 0, count: length - 1)
                let actual = Double(format.pair(set.kernels, .innerProduct)(one, row, length))
                #expect(actual == expected || (actual.isNaN && expected.isNaN), "bits \(bits)")
            }
        }
    }

    @Test(arguments: InstructionSet.available, ShortFormat.allCases)
    func `see a NaN or an infinity wherever it stands`(set: InstructionSet, format: ShortFormat) {
        let (infinity, nan): (UInt16, UInt16) = format == .half ? (0x7c00, 0x7e00) : (0x7f80, 0x7fc0)
        for length in [1, 7, 8, 15, 16, 17, 31, 33, 64, 100] {
            let a = [Float](repeating: 1, count: length)
            for position in 0..<length {
                var b = shorts([Float](repeating: 2, count: length), format)
                for metric in [Metric.innerProduct, .squaredL2] {
                    b[position] = nan
                    #expect(format.pair(set.kernels, metric)(a, b, length).isNaN)
                    b[position] = infinity
                    #expect(format.pair(set.kernels, metric)(a, b, length) == .infinity)
                }
            }
        }
    }

    @Test(arguments: InstructionSet.available, ShortFormat.allCases)
    func `round to the nearest, ties to even, at every length to 100`(
        set: InstructionSet, format: ShortFormat
    ) {
        var numbers = SeededNumbers(seed: 43)
        var floats: [Float] = [0, -0.0, 65_519, 65_520, -65_520, 65_504, .greatestFiniteMagnitude, .infinity]
        floats += [.leastNonzeroMagnitude, -.leastNormalMagnitude, 0x1p-24, 0x1p-25, 0x1.8p-25, 0x1p-14]
        // Every exponent, with mantissas at, below and above halfway between two neighbours.
        for exponent in UInt32(0)..<255 {
            for low: UInt32 in [
                0, 0xfff, 0x1000, 0x1001, 0x3000, 0x7fff, 0x8000, 0x8001, 0x1_8000, 0x7f_ffff,
            ] {
                floats.append(Float(bitPattern: exponent << 23 | low))
                floats.append(-Float(bitPattern: exponent << 23 | low))
            }
        }
        floats += (0..<2000).map { _ in numbers.normal() }
        var results = [UInt16](repeating: 0, count: floats.count)
        format.shorten(set.kernels)(floats, floats.count, &results)
        for (x, bits) in zip(floats, results) {
            #expect(bits == (x.isInfinite ? infinity(x, format) : format.nearest(x)), "seed 43, \(x)")
        }
        let (from, to) = (GuardedMemory(bytes: 400), GuardedMemory(bytes: 200))
        defer { withExtendedLifetime((from, to)) {} }
        for length in 0...100 {
            let shorts = to.place([UInt16](repeating: 1, count: length))
            format.shorten(set.kernels)(from.place(Array(floats.suffix(length))), length, shorts)
            #expect(Array(UnsafeBufferPointer(start: shorts, count: length)) == results.suffix(length))
        }
    }

    private func infinity(_ x: Float, _ format: ShortFormat) -> UInt16 {
        (format == .half ? 0x7c00 : 0x7f80) | (x < 0 ? 0x8000 : 0)
    }

    @Test(arguments: InstructionSet.available, ShortFormat.allCases)
    func `keep a NaN a NaN, with the same bits as plain C`(set: InstructionSet, format: ShortFormat) {
        let patterns: [UInt32] = [
            0x7f80_0001, 0xff80_0001, 0x7fc0_0000, 0xffff_ffff, 0x7fff_ffff, 0x7fa5_5a5a,
        ]
        for pattern in patterns {
            let floats = [Float](repeating: Float(bitPattern: pattern), count: 21)
            var (results, plain) = ([UInt16](repeating: 0, count: 21), [UInt16](repeating: 0, count: 21))
            format.shorten(set.kernels)(floats, 21, &results)
            format.shorten(InstructionSet.scalar.kernels)(floats, 21, &plain)
            #expect(results == plain && results.allSatisfy { format.value($0).isNaN })
        }
    }
}
