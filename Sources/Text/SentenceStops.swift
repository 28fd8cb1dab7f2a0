/// Marks that end a sentence without white space behind them: Chinese and Japanese stops, the danda, and those of
/// Arabic, Armenian, Burmese, Ethiopic, Khmer and Urdu.
enum SentenceStops {
    /// No smaller byte begins one of them, nor `…`.
    static let leastByte: UInt8 = 0xD6

    /// The end of the stop at `offset` with further stops and the closing brackets behind it.
    static func end(at offset: Int, upTo end: Int, _ bytes: [UInt8]) -> Int? {
        guard let first = width(of: stops, at: offset, end, bytes) else { return nil }
        var upper = offset + first
        while let more = width(of: stops, at: upper, end, bytes) { upper += more }
        while let closer = width(of: closers, at: upper, end, bytes) { upper += closer }
        return upper
    }

    private static func width(
        of marks: [UInt32: Int], at offset: Int, _ end: Int, _ bytes: [UInt8]
    ) -> Int? {
        guard offset < end, bytes[offset] >= 0xC2 else { return nil }
        for width in [3, 2] where offset + width <= end {
            let key = bytes[offset..<offset + width].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            if let found = marks[key], found == width { return width }
        }
        return nil
    }

    private static let stops = table("。！？｡।॥؟۔։။።፧។")
    private static let closers = table("」』）》】〕”’")

    /// UTF-8 of each mark, read as one number, with its bytes' count.
    private static func table(_ marks: String) -> [UInt32: Int] {
        var table: [UInt32: Int] = [:]
        for mark in marks { table[mark.utf8.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }] = mark.utf8.count }
        return table
    }
}
