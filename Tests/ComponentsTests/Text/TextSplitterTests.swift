import Testing

@testable import Components

/// The expected chunks were made with LangChain's `CharacterTextSplitter` (langchain-text-splitters 1.x).
@Suite struct `A text splitter` {
    struct Example: Sendable {
        var text: String
        var size: Int
        var overlap: Int
        var separator: String
        var kept: SplitText.SeparatorSide?
        var chunks: [String]

        init(
            _ text: String, _ size: Int, _ overlap: Int, _ separator: String,
            _ kept: SplitText.SeparatorSide?, _ chunks: [String]
        ) {
            self.text = text
            self.size = size
            self.overlap = overlap
            self.separator = separator
            self.kept = kept
            self.chunks = chunks
        }
    }

    static let words = "one two three four five six"
    static let examples = [
        Example("a\nb\nc", 1_000, 200, "\n", nil, ["a\nb\nc"]),
        Example("aaaa\nbbbb\ncccc\ndddd", 9, 4, "\n", nil, ["aaaa\nbbbb", "bbbb\ncccc", "cccc\ndddd"]),
        Example(words, 9, 4, " ", nil, ["one two", "two three", "four five", "five six"]),
        Example(words, 9, 4, " ", .start, ["one two", "three", "four", "five six"]),
        Example(words, 9, 4, " ", .end, ["one two", "three", "four", "five six"]),
        Example(
            "xxxxxxxxxxxxxxx\nshort\nyyyyyyyyyyyy", 10, 3, "\n", nil,
            ["xxxxxxxxxxxxxxx", "short", "yyyyyyyyyyyy"]),
        Example("  a  \n\n  b  ", 3, 0, "\n", nil, ["a", "b"]),
        Example("abcdefghij", 4, 2, "", nil, ["abcd", "cdef", "efgh", "ghij"]),
        Example("a.b..c", 3, 1, ".", .start, ["a.b", "..c"]),
        Example("a.b..c", 3, 1, ".", .end, ["a.", "b..", ".c"]),
        Example(".a.b.", 2, 0, ".", .start, [".a", ".b", "."]),
        Example("a\r\nb\r\nc", 2, 0, "\n", nil, ["a", "b", "c"]),
        Example("éèà ü", 2, 0, " ", nil, ["éèà", "ü"]),
        Example("", 5, 0, "\n", nil, []),
        Example("\n\n", 5, 0, "\n", nil, []),
        Example("aaa\n\nbbb\n\nccc", 7, 3, "\n\n", nil, ["aaa", "bbb", "ccc"]),
    ]

    @Test(arguments: examples) func `makes the same chunks`(example: Example) throws {
        let splitter = try TextSplitter(
            separator: example.separator, size: example.size, overlap: example.overlap, kept: example.kept)
        var room = TextSplitter.Room()
        #expect(try splitter.chunks(of: example.text, room: &room) == example.chunks)
    }

    @Test func `finds a separator that begins within itself`() throws {
        let splitter = try TextSplitter(separator: "aab", size: 1, overlap: 0, kept: nil)
        var room = TextSplitter.Room()
        #expect(try splitter.chunks(of: "xaaabyaabaabz", room: &room) == ["xa", "y", "z"])
    }

    @Test func `counts what all chunks of a step take`() throws {
        let splitter = try TextSplitter(separator: " ", size: 1, overlap: 0, kept: nil)
        var room = TextSplitter.Room(chunks: 3, bytes: 100)
        #expect(try splitter.chunks(of: "a b", room: &room).count == 2)
        #expect(throws: SplitError.self) { try splitter.chunks(of: "a b", room: &room) }
    }
}
