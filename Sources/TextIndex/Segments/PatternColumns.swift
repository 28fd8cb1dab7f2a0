import CVectorKernels
import VectorIndex

/// The patterns of a segment as searches need them; see ``PatternTable``.
///
/// There is room for as many as the bits of the largest can name, so that no posting of any content leads
/// outside.
final class PatternColumns: @unchecked Sendable {
    // Sendable proof: nothing is written after `init`; the pointers name memory of `memory`, which lives as
    // long.
    let count: Int
    /// Bits that the largest pattern has.
    let bits: Int
    /// Of each pattern: the one field that it has, or ``MK_FIELD_LIMIT``.
    let fields: UnsafePointer<UInt8>
    /// Of each pattern, one a field.
    let frequencies: UnsafePointer<Float>
    /// Of each pattern, its positions.
    let totals: UnsafePointer<UInt32>
    private let memory: [any AnyObject & Sendable]

    /// - Parameter base: the segment's first byte.
    init(_ header: SegmentHeader, _ base: UnsafeRawPointer) {
        let (count, fieldCount) = (header.patternCount, header.fieldCount)
        self.count = count
        bits = count > 1 ? UInt32.bitWidth - UInt32(count - 1).leadingZeroBitCount : 0
        let owned = AlignedBuffer<UInt8>(count: 1 << bits)
        let ownedFrequencies = AlignedBuffer<Float>(count: fieldCount << bits)
        let ownedTotals = AlignedBuffer<UInt32>(count: 1 << bits)
        memory = [owned, ownedFrequencies, ownedTotals]
        let (fields, frequencies, totals) = (owned.base, ownedFrequencies.base, ownedTotals.base)
        self.fields = UnsafePointer(fields)
        self.frequencies = UnsafePointer(frequencies)
        self.totals = UnsafePointer(totals)
        // Bounds: the section has 4 bytes and 2 for each field a pattern, the counts first.
        let start = base + header[.patterns].lowerBound + 4 * count
        for pattern in 0..<count {
            var present = 0
            for field in 0..<fieldCount {
                let place = pattern * fieldCount + field
                let frequency = start.loadUnaligned(fromByteOffset: 2 * place, as: UInt16.self)
                frequencies[place] = Float(frequency)
                totals[pattern] += UInt32(frequency)
                if frequency > 0 {
                    present += 1
                    fields[pattern] = UInt8(field)
                }
            }
            if present != 1 { fields[pattern] = UInt8(MK_FIELD_LIMIT) }
        }
    }
}
