/// A place in a text, `[start, end)` in UTF-16 code units, as this API counts.
public struct UTF16Range: Sendable, Hashable {
    /// The first unit.
    public var start: Int
    /// The unit behind the last one.
    public var end: Int

    /// A place of `end − start` units.
    public init(start: Int, end: Int) {
        self.start = start
        self.end = end
    }

    /// The same place in `text`, for attributed strings and slices; `nil` when it is not within it.
    public func indices(in text: String) -> Range<String.Index>? {
        let units = text.utf16
        guard start >= 0, start <= end,
            let lower = units.index(units.startIndex, offsetBy: start, limitedBy: units.endIndex),
            let upper = units.index(lower, offsetBy: end - start, limitedBy: units.endIndex)
        else { return nil }
        return lower..<upper
    }
}

extension UTF16Range: Decodable {
    public init(from decoder: any Decoder) throws {
        var container = try decoder.unkeyedContainer()
        start = try container.decode(Int.self)
        end = try container.decode(Int.self)
    }
}
