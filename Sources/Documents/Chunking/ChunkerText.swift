import Text

/// A page's text with its bytes at hand and a counter for parts of it. All ranges count UTF-8 bytes.
struct ChunkerText {
    let text: String
    let bytes: [UInt8]
    let counter: any TokenCounter

    init(_ text: String, counter: any TokenCounter) {
        self.text = text
        bytes = Array(text.utf8)
        self.counter = counter
    }

    func substring(_ range: Range<Int>) -> Substring {
        let view = text.utf8
        let lower = view.index(view.startIndex, offsetBy: range.lowerBound)
        return text[lower..<view.index(lower, offsetBy: range.count)]
    }

    func count(_ range: Range<Int>) -> Int {
        counter.count(substring(range))
    }

    /// `range` without white space at its ends.
    func trimmed(_ range: Range<Int>) -> Range<Int> { WhiteSpace.trimmed(range, of: bytes) }

    /// Tokens of what lies between two neighbors: 0 for white space, which is not even counted.
    func countOfGap(_ range: Range<Int>) -> Int {
        let inner = trimmed(range)
        return inner.isEmpty ? 0 : count(inner)
    }

    /// Bytes of the white space character at `offset`, or `nil` when another one stands there.
    func whiteSpaceWidth(at offset: Int) -> Int? { WhiteSpace.width(at: offset, of: bytes) }

    /// The sentences of `range`, in order, without the white space between them.
    func sentences(in range: Range<Int>) -> [Range<Int>] {
        SentenceSplitter(.prose).ranges(in: range, of: bytes)
    }
}

/// What stands in front of a passage, with its cost.
struct ChunkLead: Hashable {
    var text: String
    var tokens: Int

    static let none = ChunkLead(text: "", tokens: 0)

    /// The text as a line of its own; empty for none.
    var line: String { text.isEmpty ? "" : text + "\n" }
}

/// Contextual headers by heading path, each counted once.
struct ChunkHeaders {
    private let title: String
    private let counter: any TokenCounter
    private let limit: Int
    private var known: [[String]: ChunkLead] = [:]
    private var latest: (path: [String], header: ChunkLead)?
    private static let separator = " › "

    /// - Parameter limit: tokens that a header may have, so that room is left for the passage.
    init(title: String, counter: any TokenCounter, limit: Int) {
        self.title = title
        self.counter = counter
        self.limit = limit
    }

    /// The header of a path. Over the limit, headings go from the outside in (the title and the nearest
    /// heading say most), then words from the end.
    subscript(path: [String]) -> ChunkLead {
        mutating get {
            // Mostly the path of the unit before, which is the same array and costs nothing to compare.
            if let latest, latest.path == path { return latest.header }
            let header: ChunkLead
            if let counted = known[path] {
                header = counted
            } else {
                header = makeHeader(path)
                known[path] = header
            }
            latest = (path, header)
            return header
        }
    }

    private func makeHeader(_ path: [String]) -> ChunkLead {
        var parts = ([title] + path).filter { !$0.isEmpty }
        while true {
            let text = parts.joined(separator: Self.separator)
            let tokens = counter.count(text[...])
            if tokens <= limit { return ChunkLead(text: text, tokens: tokens) }
            guard parts.count > 2 else { return Self.cut(text, to: limit, counter: counter) }
            parts.remove(at: 1)
        }
    }

    /// The headings between `outer` and `inner`, as one line.
    static func relativeHeading(_ inner: [String], below outer: [String]) -> String {
        inner.dropFirst(outer.count).joined(separator: separator)
    }

    /// The longest beginning of `text` that has at most `limit` tokens and ends at a word, or within the
    /// first word when that one alone is longer.
    static func cut(_ text: String, to limit: Int, counter: any TokenCounter) -> ChunkLead {
        let page = ChunkerText(text, counter: counter)
        let parts = ChunkerSplitter(text: page, room: limit).parts(
            0..<page.bytes.count, levels: [.words, .characters])
        guard let first = parts.first, first.tokens <= limit else { return .none }
        return ChunkLead(text: String(page.substring(first.range)), tokens: first.tokens)
    }
}
