/// A passage of a document, before it is stored.
public struct Chunk: Hashable, Sendable {
    public enum Kind: String, Sendable, Codable, CaseIterable {
        case prose, list, table, code
    }

    /// 0-based position in its document.
    public var ordinal: Int
    /// The headings above it, outermost first; the page's title is not among them.
    public var headingPath: [String]
    public var kind: Kind
    /// The passage as it is shown and quoted.
    public var text: String
    /// What is embedded: the passage with its title and headings in front.
    public var embeddedText: String
    /// Tokens of `embeddedText` by the embedding model's tokenizer, special tokens left out.
    public var tokenCount: Int
    /// UTF-8 byte range in the document's rendered text.
    public var range: Range<Int>
    /// The fragment that opens the page at this passage, without `#`; `nil` for the top of the page.
    public var anchor: String?
    /// UTF-8 byte range, in the document's rendered text, of the sections that the passage is part of: its
    /// parent, for who wants to read more than the passage. `nil` when it is not known.
    public var section: Range<Int>?

    public init(
        ordinal: Int, headingPath: [String], kind: Kind, text: String, embeddedText: String, tokenCount: Int,
        range: Range<Int>, anchor: String? = nil, section: Range<Int>? = nil
    ) {
        self.ordinal = ordinal
        self.headingPath = headingPath
        self.kind = kind
        self.text = text
        self.embeddedText = embeddedText
        self.tokenCount = tokenCount
        self.range = range
        self.anchor = anchor
        self.section = section
    }
}
