import Text

/// Cuts a page into passages that the embedding model reads whole.
///
/// Each chunk is embedded with a contextual header, `Title › Heading › Sub`, and header and passage together
/// never exceed the budget. Units of the page (a paragraph, a list item, a table row) stay whole unless one
/// alone is over budget. A section begins a new chunk; small neighbors among sections share one. A table
/// that is cut repeats its header row, a list its lead-in, and prose its last sentences.
///
/// - Complexity: each unit is counted once by the token counter; those over budget about three times.
public struct Chunker: Sendable {
    public let configuration: ChunkerConfiguration
    let counter: any TokenCounter

    public init(configuration: ChunkerConfiguration = .standard, counter: any TokenCounter) {
        self.configuration = configuration
        self.counter = counter
    }

    /// The page's passages in order. The same page gives the same chunks, always.
    ///
    /// A page without text gives one chunk, its title, so that it can still be found; a page with neither
    /// gives none.
    public func chunks(of page: RenderedText, title: String) -> [Chunk] {
        let text = ChunkerText(page.text, counter: counter)
        let whole = text.trimmed(0..<text.bytes.count)
        guard !whole.isEmpty else { return titleChunk(title) }
        var page = page
        if page.units.isEmpty {
            page.sections = [RenderedText.Section(headingPath: [], anchor: nil)]
            page.units = [RenderedText.Unit(kind: .prose, range: whole, section: 0)]
        }
        let chunks = chunks(of: page, text: text, title: title)
        return SectionRanges(page, text).assigned(to: chunks)
    }

    private func chunks(of page: RenderedText, text: ChunkerText, title: String) -> [Chunk] {
        var headers = ChunkHeaders(title: title, counter: counter, limit: configuration.maxTokens / 2)
        switch configuration.strategy {
        case .fixed:
            return fixedChunks(of: page, text: text, header: headers[[]])
        case .children:
            return Chunker(configuration: configuration.ofChildren, counter: counter)
                .chunks(of: page, text: text, title: title)
        case .structure:
            let pieces = pieces(of: page, text: text, headers: &headers)
            var drafts = packed(pieces, page: page, text: text, headers: &headers)
            drafts = mergingSmallSections(drafts, pieces: pieces, headers: &headers)
            return drafts.enumerated().map { ordinal, draft in
                chunk(draft, ordinal: ordinal, pieces: pieces, page: page, text: text, headers: &headers)
            }
        }
    }

    private func titleChunk(_ title: String) -> [Chunk] {
        var headers = ChunkHeaders(title: title, counter: counter, limit: configuration.maxTokens)
        let header = headers[[]]
        guard !header.text.isEmpty else { return [] }
        return [
            Chunk(
                ordinal: 0, headingPath: [], kind: .prose, text: title, embeddedText: header.text,
                tokenCount: header.tokens, range: 0..<0)
        ]
    }

    private func chunk(
        _ draft: ChunkDraft, ordinal: Int, pieces: [ChunkPiece], page: RenderedText, text: ChunkerText,
        headers: inout ChunkHeaders
    ) -> Chunk {
        let own = pieces[draft.pieces]
        let range = draft.start..<(own.last?.range.upperBound ?? draft.start)
        let passage = draft.prefix + draft.lead.line + String(text.substring(range))
        let header = headers[draft.headingPath]
        let embedded = header.line + passage
        // Without white space between its parts (sentences of Chinese, say) the sum is only an upper bound.
        let isExact =
            draft.start == own.first?.range.lowerBound
            && zip(own, own.dropFirst()).allSatisfy { $0.range.upperBound < $1.range.lowerBound }
        return Chunk(
            ordinal: ordinal, headingPath: draft.headingPath, kind: Self.kind(of: own), text: passage,
            embeddedText: embedded,
            tokenCount: isExact ? header.tokens + draft.tokens : counter.count(embedded[...]), range: range,
            anchor: page.sections[draft.section].anchor)
    }

    /// The kind that most of the chunk's bytes are of; of equal ones the first by name.
    private static func kind(of pieces: ArraySlice<ChunkPiece>) -> Chunk.Kind {
        guard var best = pieces.first?.kind else { return .prose }
        if pieces.allSatisfy({ $0.kind == best }) { return best }
        var most = -1
        for kind in Chunk.Kind.allCases.sorted(by: { $0.rawValue < $1.rawValue }) {
            let byteCount = pieces.reduce(0) { $0 + ($1.kind == kind ? $1.range.count : 0) }
            if byteCount > most { (best, most) = (kind, byteCount) }
        }
        return best
    }
}
