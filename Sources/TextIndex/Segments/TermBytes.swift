/// Reads the terms of a segment's dictionary, number by number; see ``DictionaryBlock``.
///
/// Bounds: everything read lies below `byteCount`, the bytes of the section, whatever the bytes are.
struct TermBytes {
    let segment: Segment
    private let start: UnsafeRawPointer
    private let byteCount: Int
    /// Whether there are chunks whose checksums were not looked at.
    private let checks: Bool
    /// Where the next number begins.
    var offset = 0

    init(_ segment: Segment) {
        self.segment = segment
        let terms = segment.header[.terms]
        (start, byteCount) = (segment.base + terms.lowerBound, terms.count)
        checks = segment.ledger.map { !$0.isVerified } ?? false
    }

    /// Reads a number; below 2⁴².
    @inline(__always)
    mutating func number() throws(TextIndexError) -> Int {
        guard offset < byteCount else { throw segment.damaged("its terms end before a number") }
        // A chunk is found sound before any of its bytes counts.
        if checks { try segment.verify(.terms, offset..<min(offset + 6, byteCount)) }
        let byte = start.load(fromByteOffset: offset, as: UInt8.self)
        guard byte < 0x80 else { return try longNumber() }
        offset += 1
        return Int(byte)
    }

    private mutating func longNumber() throws(TextIndexError) -> Int {
        var (value, shift) = (0, 0)
        while offset < byteCount, shift < 42 {
            let byte = start.load(fromByteOffset: offset, as: UInt8.self)
            offset += 1
            value |= Int(byte & 0x7f) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw segment.damaged("its terms end amid a number")
    }

    /// Reads a number and as many bytes.
    mutating func suffix() throws(TextIndexError) -> UnsafeRawBufferPointer {
        let length = try number()
        guard length <= byteCount - offset else { throw segment.damaged("its terms end amid a key") }
        if checks { try segment.verify(.terms, offset..<offset + length) }
        defer { offset += length }
        return UnsafeRawBufferPointer(start: start + offset, count: length)
    }
}
