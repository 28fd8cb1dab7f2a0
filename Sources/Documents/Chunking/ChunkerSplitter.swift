import Text

/// Splits what is over budget, at the best boundaries there are.
struct ChunkerSplitter {
    /// Boundaries, from those a reader would choose to those that only keep the budget.
    enum Level {
        case blankLines, lines, cells, sentences, words, characters
    }

    struct Part: Hashable {
        var range: Range<Int>
        var tokens: Int
    }

    let text: ChunkerText
    /// Tokens that a part may have.
    let room: Int

    /// The parts of `range`, in order, none over `room`; together they hold all but white space.
    ///
    /// - Parameter levels: in the order in which they are tried on what is still too long.
    func parts(_ range: Range<Int>, levels: ArraySlice<Level>) -> [Part] {
        var result: [Part] = []
        split(range, levels: levels, into: &result)
        return result
    }

    private func split(_ range: Range<Int>, levels: ArraySlice<Level>, into result: inout [Part]) {
        guard let level = levels.first else {
            // Not even one character fits: nothing better is left.
            result.append(Part(range: range, tokens: text.count(range)))
            return
        }
        switch level {
        case .characters:
            splitCharacters(range, into: &result)
        case .words:
            splitWords(range, further: levels.dropFirst(), into: &result)
        case .blankLines, .lines, .cells, .sentences:
            let ranges = boundaries(range, level)
            for part in ranges {
                let tokens = text.count(part)
                if tokens <= room {
                    result.append(Part(range: part, tokens: tokens))
                } else {
                    split(part, levels: levels.dropFirst(), into: &result)
                }
            }
        }
    }

    private func boundaries(_ range: Range<Int>, _ level: Level) -> [Range<Int>] {
        switch level {
        case .blankLines: blocks(range)
        case .lines: lines(range)
        case .cells: cells(range)
        case .sentences: text.sentences(in: range)
        case .words, .characters: [range]
        }
    }

    /// Lines without their ends; indentation stays, blank lines go.
    private func lines(_ range: Range<Int>) -> [Range<Int>] {
        var result: [Range<Int>] = []
        var start = range.lowerBound
        func close(_ end: Int) {
            let trimmed = text.trimmed(start..<end)
            if !trimmed.isEmpty { result.append(start..<trimmed.upperBound) }
        }
        for offset in range where text.bytes[offset] == UInt8(ascii: "\n") {
            close(offset)
            start = offset + 1
        }
        close(range.upperBound)
        return result
    }

    /// Runs of lines between blank ones.
    private func blocks(_ range: Range<Int>) -> [Range<Int>] {
        var result: [Range<Int>] = []
        for line in lines(range) {
            if let last = result.last, newlines(last.upperBound..<line.lowerBound) < 2 {
                result[result.count - 1] = last.lowerBound..<line.upperBound
            } else {
                result.append(line)
            }
        }
        return result
    }

    private func newlines(_ range: Range<Int>) -> Int {
        range.count { text.bytes[$0] == UInt8(ascii: "\n") }
    }

    /// A table row's cells, each with the bar that ends it.
    private func cells(_ range: Range<Int>) -> [Range<Int>] {
        var result: [Range<Int>] = []
        var start = range.lowerBound
        func close(_ end: Int) {
            let trimmed = text.trimmed(start..<end)
            if !trimmed.isEmpty { result.append(trimmed) }
            start = end
        }
        for offset in range where offset > range.lowerBound && offset + 1 < range.upperBound {
            let isBar = text.bytes[offset] == UInt8(ascii: "|") && WhiteSpace.contains(text.bytes[offset - 1])
            if isBar && WhiteSpace.contains(text.bytes[offset + 1])
                || text.bytes[offset] == UInt8(ascii: "\t")
            {
                close(offset + 1)
            }
        }
        close(range.upperBound)
        return result
    }

    /// As many words a part as fit.
    private func splitWords(_ range: Range<Int>, further: ArraySlice<Level>, into result: inout [Part]) {
        var current: Part?
        func flush() {
            if let part = current { result.append(part) }
            current = nil
        }
        for word in words(range) {
            let tokens = text.count(word)
            if tokens > room {
                flush()
                split(word, levels: further, into: &result)
            } else if let part = current, part.tokens + tokens <= room {
                current = Part(range: part.range.lowerBound..<word.upperBound, tokens: part.tokens + tokens)
            } else {
                flush()
                current = Part(range: word, tokens: tokens)
            }
        }
        flush()
    }

    /// Maximal runs without white space.
    func words(_ range: Range<Int>) -> [Range<Int>] {
        var result: [Range<Int>] = []
        var offset = range.lowerBound
        var start = offset
        while offset < range.upperBound {
            if let width = text.whiteSpaceWidth(at: offset) {
                if start < offset { result.append(start..<offset) }
                offset += width
                start = offset
            } else {
                offset += 1
            }
        }
        if start < range.upperBound { result.append(start..<range.upperBound) }
        return result
    }

    /// Cuts between characters, or between the scalars of a character that is itself over budget.
    private func splitCharacters(_ range: Range<Int>, into result: inout [Part]) {
        let slice = text.substring(range)
        var ends = offsets(of: slice.indices.dropFirst(), in: slice, from: range)
        var start = range.lowerBound
        var next = 0
        while next < ends.count {
            var taken = min(max(room, 1), ends.count - next)
            var tokens = text.count(start..<ends[next + taken - 1])
            while tokens > room && taken > 1 {
                taken /= 2
                tokens = text.count(start..<ends[next + taken - 1])
            }
            let end = ends[next + taken - 1]
            if tokens > room {
                let character = text.substring(start..<end)
                let inner = offsets(
                    of: character.unicodeScalars.indices.dropFirst(), in: character, from: start..<end)
                if inner.count > 1 {
                    ends.replaceSubrange(next...next, with: inner)
                    continue
                }
            }
            result.append(Part(range: start..<end, tokens: tokens))
            start = end
            next += taken
        }
    }

    /// Where the elements that begin before each of `starts` end, and the end of all.
    private func offsets(
        of starts: some Sequence<String.Index>, in slice: Substring, from range: Range<Int>
    ) -> [Int] {
        var previous = slice.startIndex
        var offset = range.lowerBound
        var result: [Int] = []
        for index in starts {
            offset += slice.utf8.distance(from: previous, to: index)
            previous = index
            result.append(offset)
        }
        result.append(range.upperBound)
        return result
    }
}
