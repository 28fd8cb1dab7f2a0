/// A sentence, a list item, a table row or a line of code.
public struct Sentence: Sendable, Hashable {
    public var text: String
    /// UTF-8 byte range in the passage.
    public var range: Range<Int>

    /// The sentences of a passage, in order, by ``SentenceRules/quotation``.
    public static func all(of passage: String) -> [Sentence] {
        let bytes = Array(passage.utf8)
        return SentenceSplitter(.quotation).ranges(in: 0..<bytes.count, of: bytes).map {
            Sentence(text: String(decoding: bytes[$0], as: UTF8.self), range: $0)
        }
    }
}
