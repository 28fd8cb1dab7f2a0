import CVectorKernels
import Testing

@testable import VectorIndex

/// Rows of a coded format, as the kernels want them.
enum CodeFormat: CaseIterable {
    case sevenBits, fourBits

    var granule: Int { self == .sevenBits ? 64 : 128 }
    var greatest: UInt8 { self == .sevenBits ? 127 : 15 }

    func rows(_ kernels: mk_kernels) -> mk_code_rows_function {
        self == .sevenBits ? kernels.code7_rows : kernels.code4_rows
    }

    /// Codes in the order of the dimensions, as a row stores them.
    func stored(_ codes: [UInt8]) -> [UInt8] {
        guard self == .fourBits else { return codes }
        return stride(from: 0, to: codes.count, by: 128).flatMap { group in
            (0..<64).map { codes[group + $0] | codes[group + 64 + $0] << 4 }
        }
    }
}

@Suite struct `Code kernels` {
    struct Row {
        var header: mk_code_header
        var codes: [UInt8]

        func bytes(_ format: CodeFormat) -> [UInt8] {
            format.stored(codes)
        }
    }

    /// The documented formula, in Float, around an integer dot product taken in Int.
    private func oracle(_ query: mk_code_query, _ codes: [Int8], _ row: Row) -> Float {
        var product = 0
        for (a, b) in zip(codes, row.codes) { product += Int(a) * Int(b) }
        let header = row.header
        let inner = query.scale * Float(product) + query.offset * Float(header.sum)
        let dot = header.scale * inner + header.offset * query.total
        return (query.bias + query.dot_weight * dot) + query.norm_weight * header.norm
    }

    private func randomRow(_ length: Int, _ format: CodeFormat, _ numbers: inout SeededNumbers) -> Row {
        let codes = (0..<length).map { _ in UInt8.random(in: 0...format.greatest, using: &numbers) }
        let sum = codes.reduce(0) { $0 + Int32($1) }
        let header = mk_code_header(
            scale: numbers.normal(), offset: numbers.normal(), norm: numbers.normal(), sum: sum)
        return Row(header: header, codes: codes)
    }

    /// Runs `body` with a query whose codes end at a guard page.
    private func withQuery(
        _ codes: [Int8], _ memory: GuardedMemory, _ numbers: inout SeededNumbers,
        _ body: (mk_code_query) -> Void
    ) {
        let query = mk_code_query(
            codes: memory.place(codes), scale: numbers.normal(), offset: numbers.normal(),
            total: numbers.normal(), bias: numbers.normal(), dot_weight: numbers.normal(),
            norm_weight: numbers.normal())
        withExtendedLifetime(memory) { body(query) }
    }

    @Test(arguments: InstructionSet.available, CodeFormat.allCases)
    func `give the documented formula to the bit at every length to 2048, within the row's memory`(
        set: InstructionSet, format: CodeFormat
    ) {
        var numbers = SeededNumbers(seed: 21)
        let (queryMemory, rowMemory) = (GuardedMemory(bytes: 2048), GuardedMemory(bytes: 8 * 2064))
        defer { withExtendedLifetime((queryMemory, rowMemory)) {} }
        let compute = format.rows(set.kernels)
        for length in stride(from: format.granule, through: 2048, by: format.granule) {
            let codes = (0..<length).map { _ in Int8.random(in: -127...127, using: &numbers) }
            let rows = (0..<7).map { _ in randomRow(length, format, &numbers) }
            let stored = rowMemory.place(rows.flatMap { $0.bytes(format) })
            withQuery(codes, queryMemory, &numbers) { query in
                var query = query
                var results = [Float](repeating: .nan, count: 7)
                compute(
                    &query, rows.map(\.header), stored, rows[0].bytes(format).count, length, nil, 7, &results)
                for (result, row) in zip(results, rows) {
                    let expected = oracle(query, codes, row)
                    #expect(result.bitPattern == expected.bitPattern, "seed 21, length \(length)")
                }
            }
        }
    }

    @Test(arguments: InstructionSet.available, CodeFormat.allCases)
    func `give a row the same bits alone and among others, aligned or not`(
        set: InstructionSet, format: CodeFormat
    ) {
        var numbers = SeededNumbers(seed: 22)
        let compute = format.rows(set.kernels)
        for (length, gap) in [(384, 0), (384, 48), (128, 1), (1024, 7)] {
            let rows = (0..<11).map { _ in randomRow(length, format, &numbers) }
            let stored = rows.flatMap { $0.bytes(format) + [UInt8](repeating: 0xff, count: gap) }
            let stride = stored.count / rows.count
            let codes = (0..<length).map { _ in Int8.random(in: -127...127, using: &numbers) }
            let names = (0..<23).map { _ in UInt32.random(in: 0..<11, using: &numbers) }
            withQuery(codes, GuardedMemory(bytes: length), &numbers) { query in
                var query = query
                for count in 0...names.count {
                    var results = [Float](repeating: -1, count: names.count)
                    compute(&query, rows.map(\.header), stored, stride, length, names, count, &results)
                    for i in 0..<count {
                        let expected = oracle(query, codes, rows[Int(names[i])])
                        #expect(
                            results[i].bitPattern == expected.bitPattern, "seed 22, \(count) rows, row \(i)")
                    }
                    #expect(results[count...].allSatisfy { $0 == -1 }, "a result past the last was written")
                }
            }
        }
    }

    @Test(arguments: InstructionSet.available, CodeFormat.allCases)
    func `stay exact for the greatest codes and the greatest length`(set: InstructionSet, format: CodeFormat)
    {
        for (length, sign) in [(128, 1), (128, -1), (65_536, 1), (65_536, -1)] {
            let codes = [Int8](repeating: Int8(127 * sign), count: length)
            let header = mk_code_header(scale: 1, offset: 0, norm: 0, sum: 0)
            let row = Row(header: header, codes: [UInt8](repeating: format.greatest, count: length))
            let stored = [row, row, row, row, row].flatMap { $0.bytes(format) }
            codes.withUnsafeBufferPointer { codes in
                guard let base = codes.baseAddress else { return }
                var query = mk_code_query(
                    codes: base, scale: 1, offset: 0, total: 0, bias: 0, dot_weight: 1, norm_weight: 0)
                var results = [Float](repeating: 0, count: 5)
                let headers = [mk_code_header](repeating: header, count: 5)
                format.rows(set.kernels)(
                    &query, headers, stored, stored.count / 5, length, nil, 5, &results)
                let expected = Float(127 * sign * Int(format.greatest) * length)
                #expect(results == [Float](repeating: expected, count: 5))
            }
        }
    }

    @Test(arguments: InstructionSet.available)
    func `unpack what was packed`(set: InstructionSet) {
        var numbers = SeededNumbers(seed: 23)
        let (packed, natural) = (GuardedMemory(bytes: 1024), GuardedMemory(bytes: 2048))
        defer { withExtendedLifetime((packed, natural)) {} }
        for length in stride(from: 128, through: 2048, by: 128) {
            let codes = (0..<length).map { _ in UInt8.random(in: 0...15, using: &numbers) }
            let unpacked = natural.place([Int8](repeating: -1, count: length))
            set.kernels.unpack_row4(packed.place(CodeFormat.fourBits.stored(codes)), length, unpacked)
            #expect((0..<length).allSatisfy { unpacked[$0] == Int8(codes[$0]) }, "seed 23, length \(length)")
        }
    }
}
