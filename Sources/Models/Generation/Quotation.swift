/// A piece of an answer that is told from a passage and rests on it.
public struct Quotation: Sendable, Hashable {
    /// As it is told: a sentence word for word, a table's row as a sentence.
    public var text: String
    /// The passage's.
    public var marker: Int
    /// UTF-8 byte ranges of the passage's text that it is told from.
    public var ranges: [Range<Int>]
    /// Stands on a line of its own: an item, a step, a row.
    public var isLine: Bool

    public init(text: String, marker: Int, ranges: [Range<Int>], isLine: Bool = false) {
        self.text = text
        self.marker = marker
        self.ranges = ranges
        self.isLine = isLine
    }
}
