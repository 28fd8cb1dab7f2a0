import Text

extension Chunker {
    /// Windows of words, each full, each repeating the end of the one before; structure is not looked at.
    ///
    /// Every chunk is called prose and has the page's title alone for a header.
    func fixedChunks(of page: RenderedText, text: ChunkerText, header: ChunkLead) -> [Chunk] {
        let room = configuration.maxTokens - header.tokens
        let words = measuredWords(text, room: room)
        var result: [Chunk] = []
        var start = 0
        while start < words.count {
            var end = start
            var tokens = 0
            while end < words.count, tokens + words[end].tokens <= room || end == start {
                tokens += words[end].tokens
                end += 1
            }
            let range = words[start].range.lowerBound..<words[end - 1].range.upperBound
            let passage = String(text.substring(range))
            let embedded = header.line + passage
            let isExact = zip(words[start..<end], words[start + 1..<max(end, start + 1)])
                .allSatisfy { $0.range.upperBound < $1.range.lowerBound }
            result.append(
                Chunk(
                    ordinal: result.count, headingPath: [], kind: .prose, text: passage,
                    embeddedText: embedded,
                    tokenCount: isExact ? header.tokens + tokens : counter.count(embedded[...]), range: range,
                    anchor: anchor(at: range.lowerBound, page)))
            start = end < words.count ? overlapStart(before: end, after: start, words, room: room) : end
        }
        return result
    }

    private func measuredWords(_ text: ChunkerText, room: Int) -> [ChunkerSplitter.Part] {
        let splitter = ChunkerSplitter(text: text, room: room)
        return splitter.words(0..<text.bytes.count).flatMap { word -> [ChunkerSplitter.Part] in
            let tokens = text.count(word)
            return tokens <= room
                ? [ChunkerSplitter.Part(range: word, tokens: tokens)]
                : splitter.parts(word, levels: [.characters])
        }
    }

    /// Where the next window begins: as far back as the overlap allows, but further on than `start`, and not
    /// so far that the word at `end` would find no room.
    private func overlapStart(
        before end: Int, after start: Int, _ words: [ChunkerSplitter.Part], room: Int
    ) -> Int {
        let limit = min(configuration.overlapTokens, room - words[end].tokens)
        var begin = end
        var tokens = 0
        while begin - 1 > start, tokens + words[begin - 1].tokens <= limit {
            begin -= 1
            tokens += words[begin].tokens
        }
        return begin
    }

    /// The anchor of the section that `offset` lies in.
    private func anchor(at offset: Int, _ page: RenderedText) -> String? {
        let unit = page.units.last { $0.range.lowerBound <= offset } ?? page.units.first
        return unit.flatMap { page.sections[$0.section].anchor }
    }
}
