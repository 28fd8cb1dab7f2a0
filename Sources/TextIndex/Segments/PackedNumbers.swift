import CVectorKernels

extension [UInt8] {
    /// Appends a number in LEB128: seven bits a byte, the lowest first.
    mutating func appendNumber(_ number: some FixedWidthInteger & UnsignedInteger) {
        var rest = number
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    /// Appends a number as it lies in memory.
    mutating func append<T: FixedWidthInteger>(_ value: T) {
        Swift.withUnsafeBytes(of: value) { self += $0 }
    }

    /// Appends at most ``BlockEntry/postingCount`` numbers of `bits` bits.
    mutating func appendPacked(_ numbers: UnsafeBufferPointer<UInt32>, bits: Int) {
        guard bits > 0, let source = numbers.baseAddress, !numbers.isEmpty else { return }
        precondition(numbers.count <= BlockEntry.postingCount, "\(numbers.count) numbers in a block")
        let added = (numbers.count * bits + 7) / 8
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 4 * BlockEntry.postingCount) { packed in
            guard let target = packed.baseAddress else { return }
            // Bounds: 128 numbers of at most 32 bits are no more bytes than there are.
            mk_pack(source, numbers.count, UInt32(bits), target)
            append(contentsOf: UnsafeBufferPointer(start: target, count: added))
        }
    }
}
