import CVectorKernels
import Glibc
import Testing
import VectorIndex

@testable import TextIndex

@Suite struct `Posting kernels` {
    private static var all: [mk_postings_kernels] {
        (0..<8).compactMap { mk_postings_at($0)?.pointee }
    }

    /// Packed numbers, behind which are exactly as many bytes as kernels may read, and then a page that may
    /// not be touched.
    private final class Packed {
        let start: UnsafeMutablePointer<UInt8>
        private let mapped: UnsafeMutableRawPointer
        private let byteCount = 8192

        init?(_ numbers: [UInt32], bits: Int) {
            let page = 4096
            guard
                let mapped = mmap(
                    nil, byteCount + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
                mapped != MAP_FAILED, mprotect(mapped + byteCount, page, PROT_NONE) == 0
            else { return nil }
            self.mapped = mapped
            let used = (numbers.count * bits + 7) / 8 + Int(MK_POSTINGS_SLACK)
            start = (mapped + byteCount - used).assumingMemoryBound(to: UInt8.self)
            mk_pack(numbers, numbers.count, UInt32(bits), start)
        }

        deinit {
            munmap(mapped, byteCount + 4096)
        }
    }

    @Test(arguments: 0...32)
    func `read what was packed, of every width and length, and nothing behind it`(bits: Int) throws {
        var numbers = SeededNumbers(seed: UInt64(bits))
        let mask = bits == 32 ? UInt32.max : 1 << UInt32(bits) - 1
        for count in [1, 2, 7, 8, 9, 31, 64, 100, 127, 128] {
            let values = (0..<count).map { _ in
                Bool.random(using: &numbers) ? mask : UInt32.random(in: 0...mask, using: &numbers)
            }
            let packed = try #require(Packed(values, bits: bits))
            for (kernel, kernels) in Self.all.enumerated() {
                var found = [UInt32](repeating: 7, count: 136)
                kernels.unpack(packed.start, UInt32(bits), count, &found)
                #expect(Array(found[..<count]) == values, "kernel \(kernel), \(count)")
                #expect(found[((count + 7) & ~7)...].allSatisfy { $0 == 7 })
                kernels.unpack_gaps(packed.start, UInt32(bits), count, .max, &found)
                var previous = UInt32.max
                for (place, gap) in values.enumerated() {
                    previous = previous &+ gap &+ 1
                    #expect(found[place] == previous, "kernel \(kernel), \(count)")
                }
            }
            for (place, value) in values.enumerated() {
                #expect(mk_packed_number(packed.start, UInt32(bits), place) == value)
            }
        }
    }

    @Test func `collect the same places`() {
        var numbers = SeededNumbers(seed: 3)
        for count in [8, 64, 4096] {
            let sums = (0..<count).map { _ in Int32.random(in: -3...9, using: &numbers) }
            for least in [Int32.min, -3, 0, 1, 9, 10, .max] {
                let expected = sums.indices.filter { sums[$0] >= least }.map { UInt16($0) }
                for kernels in Self.all {
                    var places = [UInt16](repeating: 0, count: count + 8)
                    let found = kernels.collect(sums, count, least, &places)
                    #expect(Array(places[..<found]) == expected)
                }
            }
        }
    }

    @Test(arguments: [1, 3])
    func `score many postings as one by one`(fieldCount: Int) {
        var numbers = SeededNumbers(seed: 8)
        let (documents, patterns) = (500, 16)
        let lengths = (0..<documents * fieldCount).map { _ in UInt16.random(in: 0..<60, using: &numbers) }
        let norms = (0..<60).map { _ in Float.random(in: 0.1...3, using: &numbers) }
        let frequencies = (0..<patterns * fieldCount).map { _ in Float(Int.random(in: 0...3, using: &numbers))
        }
        let single = (0..<patterns).map { pattern in
            let present = (0..<fieldCount).filter { frequencies[pattern * fieldCount + $0] > 0 }
            return UInt8(present.count == 1 ? present[0] : Int(MK_FIELD_LIMIT))
        }
        func kept<T: BitwiseCopyable>(_ values: [T]) -> AlignedBuffer<T> {
            let buffer = AlignedBuffer<T>(count: values.count)
            for (place, value) in values.enumerated() { buffer.base[place] = value }
            return buffer
        }
        let (l, n, s, f) = (kept(lengths), kept(norms), kept(single), kept(frequencies))
        func column(_ field: Int) -> UnsafePointer<UInt16> {
            UnsafePointer(l.base + min(field, fieldCount - 1) * documents)
        }
        let norm = UnsafePointer(n.base)
        var scorer = mk_scorer(
            field_count: fieldCount,
            lengths: (column(0), column(1), column(2), column(3), column(4), column(5), column(6), column(7)),
            norms: (norm, norm, norm, norm, norm, norm, norm, norm), pattern_fields: s.base,
            frequencies: f.base, k1: 1.2)
        for count in [0, 1, 5, 127, 128] {
            let which = (0..<count).map { _ in UInt32.random(in: 0..<500, using: &numbers) }
            let codes = (0..<count).map { _ in UInt32.random(in: 0..<16, using: &numbers) }
            var scores = [Int32](repeating: 0, count: 128)
            mk_scores(&scorer, 1e8, which, codes, count, &scores)
            for place in 0..<count {
                let x = mk_posting_weight(&scorer, which[place], codes[place])
                #expect(scores[place] == mk_score(x, 1.2, 1e8))
            }
        }
        withExtendedLifetime((l, n, s, f)) {}
    }

    @Test func `say a floor that enough sums reach, and keep those that are large enough`() {
        var numbers = SeededNumbers(seed: 9)
        for greatest in [Int32(1), 500, 511, 512, 1 << 29] {
            for count in [1, 2, 100, 1000] {
                let sums = (0..<count).map { _ in Int32.random(in: 0...greatest, using: &numbers) }
                let places = sums.indices.map { UInt16($0) }.shuffled(using: &numbers)
                for wanted in [1, 10, 99, 100, 1001] {
                    let floor = mk_floor_of_best(sums, places, count, wanted)
                    let sorted = sums.sorted(by: >)
                    guard wanted <= count else {
                        #expect(floor == 0)
                        continue
                    }
                    #expect(floor <= sorted[wanted - 1])
                    #expect(sorted[wanted - 1] - floor <= greatest / 256)
                    var kept = places
                    let keptCount = mk_keep(sums, &kept, count, floor)
                    let expected = places.filter { sums[Int($0)] >= floor }
                    #expect(Array(kept[..<keptCount]) == expected)
                    var (drained, left) = (sums, places)
                    let leftCount = mk_drain(&drained, places, count, floor, &left)
                    #expect(Array(left[..<leftCount]) == expected)
                    #expect(drained == sums.map { $0 >= floor ? $0 : 0 })
                }
            }
        }
    }

    @Test func `find the first number that is large enough`() {
        var numbers = SeededNumbers(seed: 4)
        for count in [0, 1, 2, 3, 64, 127, 128] {
            let sorted = Set((0..<count).map { _ in UInt32.random(in: 0..<500, using: &numbers) }).sorted()
            for from in 0...sorted.count {
                for least in stride(from: UInt32(0), to: 510, by: 3) {
                    let expected = sorted[from...].firstIndex { $0 >= least } ?? sorted.count
                    #expect(mk_lower_bound(sorted, from, sorted.count, least) == expected)
                }
            }
        }
    }
}

@Suite struct `Block bounds` {
    @Test func `are never below what they bound, and hardly above`() {
        var numbers = SeededNumbers(seed: 6)
        for _ in 0..<10_000 {
            let x = Float.random(in: 1e-6...1e6, using: &numbers)
            let bound = BlockEntry.value(BlockEntry.bound(x))
            #expect(bound >= x)
            #expect(bound <= x * 1.01)
        }
    }

    @Test func `grow with any change of settings and mean lengths`() {
        var numbers = SeededNumbers(seed: 7)
        for _ in 0..<2000 {
            func settings() -> TextScoring.Field {
                TextScoring.Field(
                    weight: .random(in: 0.1...5, using: &numbers), b: .random(in: 0...1, using: &numbers))
            }
            let (old, now) = ([settings(), settings()], [settings(), settings()])
            let (means, oldMeans) = (
                (0..<2).map { _ in Double.random(in: 1...100, using: &numbers) },
                (0..<2).map { _ in Double.random(in: 1...100, using: &numbers) }
            )
            let fields = (0..<2).map { field in
                SegmentField(
                    total: 0, least: 2, greatest: 90, weight: Float(old[field].weight),
                    b: Float(old[field].b), mean: Float(oldMeans[field]))
            }
            let growth = FieldNorms.growth(
                of: fields, scoring: TextScoring(fields: now), means: means)
            for _ in 0..<20 {
                let length = Int.random(in: 2...90, using: &numbers)
                for field in 0..<2 {
                    let before = FieldNorms.norms(
                        weight: Double(fields[field].weight), b: Double(fields[field].b),
                        mean: Double(fields[field].mean), upTo: 90)[length]
                    let after = FieldNorms.norms(
                        weight: now[field].weight, b: now[field].b, mean: means[field], upTo: 90)[length]
                    #expect(before * growth >= after)
                }
            }
        }
    }
}
