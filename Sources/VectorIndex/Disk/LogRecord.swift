/// One change of the index, as the log holds it. What the pointers name is lent: it is there until the closure
/// that got the record returns.
///
/// Payloads, in 8-byte words; the last one is filled up with zeros:
///
/// | kind | payload |
/// |---|---|
/// | upsert | number of vectors *c*; *c* ids; *c* rows of dimension floats |
/// | removal | number of ids *c*; *c* ids |
/// | generation | the generation |
/// | documents | what the text index makes of its documents; never in the log of a vector index |
package enum LogRecord {
    /// Vectors stored, each replacing an older one of its id. `rows` has dimension floats for each id.
    case upsert(ids: UnsafeBufferPointer<UInt64>, rows: UnsafeBufferPointer<Float>)
    /// Vectors removed.
    case removal(ids: UnsafeBufferPointer<UInt64>)
    /// The caller's number for the state of its data once all records before are applied.
    case generation(UInt64)
    /// Documents of a text index.
    case documents(UnsafeBufferPointer<UInt64>)
}

/// The payload of a record in memory.
///
/// Word *i* is stored XORed with *i* × 0xD1B54A32D192ED03 + 0xA5C396E1D28B4F71. So vectors full of zeros do not
/// look like sectors that a power cut left unwritten, which is how a reader tells an unfinished record from a
/// damaged one: see ``LogTail``.
package struct LogPayload {
    /// The largest payload of one record; a batch that needs more becomes several.
    package static let byteLimit = 64 << 20

    package let words: UnsafeMutableBufferPointer<UInt64>

    /// Bytes of the payload of an upsert of `count` vectors.
    package static func upsertByteCount(count: Int, dimension: Int) -> Int {
        8 + 8 * count + (4 * dimension * count + 7) / 8 * 8
    }

    package static func removalByteCount(count: Int) -> Int { 8 + 8 * count }

    /// How many vectors fit in one upsert.
    package static func upsertLimit(dimension: Int) -> Int { (byteLimit - 16) / (8 + 4 * dimension) }

    package static let removalLimit = (byteLimit - 8) / 8

    /// Makes what is meant what is stored, and the other way round.
    package func toggle() {
        var mask: UInt64 = 0xa5c3_96e1_d28b_4f71
        for position in words.indices {
            words[position] ^= mask
            mask &+= 0xd1b5_4a32_d192_ed03
        }
    }

    /// The record in a payload that is not toggled.
    ///
    /// - Returns: `nil` if the payload is not one of this kind and dimension.
    package func record(kind: UInt32, dimension: Int) -> LogRecord? {
        guard let kind = LogRecordHeader.Kind(rawValue: kind), let count = words.first else { return nil }
        if kind == .documents { return .documents(UnsafeBufferPointer(words)) }
        if kind == .generation { return words.count == 1 ? .generation(count) : nil }
        // Bounds: with the count within the words, all sums below stay far from overflow, and the size is
        // compared before any of it is read.
        guard count < words.count else { return nil }
        let number = Int(count)
        let isUpsert = kind == .upsert
        let wanted =
            isUpsert
            ? Self.upsertByteCount(count: number, dimension: dimension)
            : Self.removalByteCount(count: number)
        guard 8 * words.count == wanted else { return nil }
        let ids = UnsafeBufferPointer(rebasing: words[1..<1 + number])
        if !isUpsert { return .removal(ids: ids) }
        let rows = floats(from: 1 + number, count: dimension * number)
        return .upsert(ids: ids, rows: UnsafeBufferPointer(rows))
    }

    /// `count` floats from word `start` on.
    package func floats(from start: Int, count: Int) -> UnsafeMutableBufferPointer<Float> {
        precondition(start + (count + 1) / 2 <= words.count, "\(count) floats from word \(start)")
        let raw = UnsafeMutableRawBufferPointer(words)
        // Bounds: checked above. Words are multiples of a float's size and alignment, and raw memory of
        // trivial values may be bound to either.
        return UnsafeMutableRawBufferPointer(rebasing: raw[(8 * start)..<(8 * start + 4 * count)])
            .bindMemory(to: Float.self)
    }
}
