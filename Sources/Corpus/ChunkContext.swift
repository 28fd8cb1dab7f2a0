/// A passage within its page.
public struct ChunkContext: Hashable, Sendable {
    public var chunk: StoredChunk
    /// The page's text before and after the passage, cut at a line.
    public var before: String
    public var after: String
    /// The section that the passage is part of, with the passage; of a long one what stands around it.
    public var section: String

    public init(chunk: StoredChunk, before: String, after: String, section: String) {
        self.chunk = chunk
        self.before = before
        self.after = after
        self.section = section
    }

    /// The passage where it stands in its page.
    ///
    /// - Parameters:
    ///   - text: the page's whole text.
    ///   - bytes: how much of it to show on each side at most.
    public init(of chunk: StoredChunk, in text: String, bytes: Int) {
        let utf8 = Array(text.utf8)
        guard chunk.range.upperBound <= utf8.count else {
            self.init(chunk: chunk, before: "", after: "", section: chunk.text)
            return
        }
        self.init(
            chunk: chunk, before: Self.tail(of: utf8[..<chunk.range.lowerBound], bytes: bytes),
            after: Self.head(of: utf8[chunk.range.upperBound...], bytes: bytes),
            section: Self.section(of: chunk, in: utf8, bytes: bytes))
    }

    /// - Parameter bytes: on each side of the passage at most.
    private static func section(of chunk: StoredChunk, in text: [UInt8], bytes: Int) -> String {
        guard let section = chunk.section, section.upperBound <= text.count,
            section.lowerBound <= chunk.range.lowerBound, section.upperBound >= chunk.range.upperBound
        else { return chunk.text }
        return tail(of: text[section.lowerBound..<chunk.range.lowerBound], bytes: bytes)
            + String(decoding: text[chunk.range], as: UTF8.self)
            + head(of: text[chunk.range.upperBound..<section.upperBound], bytes: bytes)
    }

    /// Whole lines from the end, unless the last line alone is longer.
    private static func tail(of text: ArraySlice<UInt8>, bytes: Int) -> String {
        guard text.count > bytes else { return String(decoding: text, as: UTF8.self) }
        let cut = text.suffix(bytes)
        let start = cut.firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? cut.startIndex
        return String(decoding: cut[start...], as: UTF8.self)
    }

    private static func head(of text: ArraySlice<UInt8>, bytes: Int) -> String {
        guard text.count > bytes else { return String(decoding: text, as: UTF8.self) }
        let cut = text.prefix(bytes)
        return String(
            decoding: cut[..<(cut.lastIndex(of: UInt8(ascii: "\n")) ?? cut.endIndex)], as: UTF8.self)
    }
}
