/// Text effects, links, images and macros within a line of wiki markup.
enum WikiMarkupLine {
    static func write(_ text: Substring, to output: inout TreeEvents) {
        var rest = text
        // Whether a letter or digit is what was written last.
        var isAfterWord = false
        // Where the last `}}` is, so that braces behind it need not be looked for to the end of the line each.
        let lastEnd = text.ranges(of: "}}").last?.lowerBound
        while let index = rest.firstIndex(where: { "[!{\\*_+^~-".contains($0) }) {
            if let last = rest[..<index].last {
                output.addText(plain(rest[..<index]))
                isAfterWord = isWord(last)
            }
            rest = rest[index...]
            if let special = writeSpecial(rest, to: &output, isAtWordStart: !isAfterWord, lastEnd: lastEnd) {
                isAfterWord = special.isWord ?? isAfterWord
                rest = special.rest
            } else {
                output.addText(rest.prefix(1))
                isAfterWord = false
                rest = rest.dropFirst()
            }
        }
        output.addText(plain(rest))
    }

    private static func isWord(_ character: Character) -> Bool { character.isLetter || character.isNumber }

    /// The cells of a row, `||` before a header and `|` before any other, so that a row may have both. Bars in
    /// links and macros are their own.
    static func cells(_ row: Substring) -> [(isHeader: Bool, text: Substring)] {
        var cells: [(isHeader: Bool, text: Substring)] = []
        var isHeader = false
        var start: Substring.Index?
        var index = row.startIndex
        while index < row.endIndex {
            guard row[index] == "|" else {
                index = afterWhole(at: index, in: row)
                continue
            }
            if let start { cells.append((isHeader, row[start..<index])) }
            index = row.index(after: index)
            isHeader = index < row.endIndex && row[index] == "|"
            if isHeader { index = row.index(after: index) }
            start = index
        }
        if let start, !row[start...].allSatisfy(\.isWhitespace) { cells.append((isHeader, row[start...])) }
        return cells
    }

    /// Behind the link, image, macro, escaped or plain character at `index`.
    private static func afterWhole(at index: Substring.Index, in row: Substring) -> Substring.Index {
        let next = row.index(after: index)
        switch row[index] {
        case "\\": return next < row.endIndex ? row.index(after: next) : next
        case "[": return bracketed(row[index...])?.end ?? next
        case "!":
            // Without parameters, a mark of exclamation is likelier to be one than an image over two cells.
            guard let image = imageMarks(row[index...]), image.parameters != nil else { return next }
            return image.end
        case "{": return WikiMarkupMacro(at: index, of: row)?.range.upperBound ?? next
        default: return next
        }
    }

    /// Writes the link, image, macro, effect or escaped character at the beginning.
    ///
    /// - Returns: what follows it, and whether it ends in a word, `nil` when it wrote nothing; `nil` when there is
    ///   nothing of the kind.
    private static func writeSpecial(
        _ text: Substring, to output: inout TreeEvents, isAtWordStart: Bool, lastEnd: Substring.Index?
    ) -> (rest: Substring, isWord: Bool?)? {
        if text.hasPrefix("\\\\") {
            output.addEmpty(.br)
            return (text.dropFirst(2), false)
        }
        if text.hasPrefix("\\"), let next = text.dropFirst().first {
            output.addText(String(next))
            return (text.dropFirst(2), isWord(next))
        }
        if let bracketed = bracketed(text) {
            writeLink(bracketed.content, to: &output)
            return (text[bracketed.end...], false)
        }
        if let marks = imageMarks(text) {
            writeImage(marks.source, marks.parameters, to: &output)
            return (text[marks.end...], false)
        }
        if let lastEnd, text.startIndex < lastEnd, text.hasPrefix("{{"),
            let end = text.dropFirst(3).firstRange(of: "}}")
        {
            output.add(.code) { $0.addText(plain(text[..<end.lowerBound].dropFirst(2))) }
            return (text[end.upperBound...], false)
        }
        if text.hasPrefix("{"), let macro = WikiMarkupMacro(at: text.startIndex, of: text) {
            macro.writeInline(to: &output)
            return (text[macro.range.upperBound...], macro.isLook ? nil : false)
        }
        guard isAtWordStart, let rest = writeEffect(text, to: &output) else { return nil }
        return (rest, false)
    }

    /// `[content]` at the beginning, and where it ends.
    private static func bracketed(_ text: Substring) -> (content: Substring, end: Substring.Index)? {
        guard text.first == "[" else { return nil }
        let content = text.dropFirst().prefix { $0 != "[" && $0 != "]" }
        guard !content.isEmpty, content.endIndex < text.endIndex, text[content.endIndex] == "]" else {
            return nil
        }
        return (content, text.index(after: content.endIndex))
    }

    /// `!source!` or `!source|parameters!` at the beginning, and where it ends.
    private static func imageMarks(
        _ text: Substring
    ) -> (source: Substring, parameters: Substring?, end: Substring.Index)? {
        guard text.first == "!" else { return nil }
        let source = text.dropFirst().prefix { $0 != "!" && $0 != "|" && !$0.isWhitespace }
        guard !source.isEmpty, source.endIndex < text.endIndex else { return nil }
        if text[source.endIndex] == "!" { return (source, nil, text.index(after: source.endIndex)) }
        guard text[source.endIndex] == "|" else { return nil }
        let parameters = text[source.endIndex...].prefix { $0 != "!" }
        guard parameters.endIndex < text.endIndex else { return nil }
        return (source, parameters, text.index(after: parameters.endIndex))
    }

    private static func writeEffect(_ text: Substring, to output: inout TreeEvents) -> Substring? {
        let tags: [Character: StorageTag] = [
            "*": .strong, "_": .em, "+": .u, "^": .sup, "~": .sub, "-": .del,
        ]
        guard let mark = text.first, let tag = tags[mark] else { return nil }
        let inner = text.dropFirst()
        guard let first = inner.first, !first.isWhitespace, first != mark,
            let end = inner.firstIndex(of: mark)
        else { return nil }
        let after = inner.index(after: end)
        let isWordEnd = after == inner.endIndex || !isWord(inner[after])
        guard isWordEnd, !inner[inner.index(before: end)].isWhitespace else { return nil }
        output.add(tag) { write(inner[..<end], to: &$0) }
        return inner[after...]
    }

    /// `[label|target]`, `[target]`; a target is a URL, `^file`, `~user`, `#anchor` or `SPACE:Title#anchor`.
    private static func writeLink(_ content: Substring, to output: inout TreeEvents) {
        let parts = content.split(separator: "|", maxSplits: 2, omittingEmptySubsequences: false)
        let target = parts.count > 1 ? parts[1] : parts[0]
        let label = parts.count > 1 ? parts[0] : nil
        if target.contains("://") || target.hasPrefix("mailto:") {
            output.add(.a, [.href: plain(target)]) { $0.addText(plain(label ?? target)) }
            return
        }
        let place = target.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let isPage = !target.contains("^") && !target.hasPrefix("~")
        let page = place.first.flatMap { isPage && !$0.isEmpty ? $0 : nil }
        let post = page.flatMap { blogPost($0) }
        let anchor = isPage && post == nil && place.count > 1 ? plain(place[1]) : nil
        output.add(.link, [.anchor: anchor]) { output in
            if let hat = target.firstIndex(of: "^") {
                writeFile(target[target.index(after: hat)...], ofPage: target[..<hat], to: &output)
            } else if target.hasPrefix("~") {
                output.addEmpty(.user, [.userName: plain(target.dropFirst())])
            } else if let page {
                writePage(page, post: post, to: &output)
            }
            if let label { output.add(.linkBody) { $0.addText(plain(label)) } }
        }
    }

    private static func writeFile(
        _ name: Substring, ofPage page: Substring, to output: inout TreeEvents
    ) {
        output.add(.attachment, [.fileName: plain(name)]) {
            if !page.isEmpty { $0.addEmpty(.page, [.contentTitle: plain(page)]) }
        }
    }

    private static func writePage(
        _ page: Substring, post: (day: Substring, title: Substring)?, to output: inout TreeEvents
    ) {
        let names = page.split(separator: ":", maxSplits: 1)
        let space = names.count == 2 ? plain(names[0]) : nil
        if let post {
            output.addEmpty(
                .blogPost,
                [.contentTitle: plain(post.title), .postingDay: String(post.day), .spaceKey: space])
        } else {
            output.addEmpty(.page, [.contentTitle: plain(names.last ?? page), .spaceKey: space])
        }
    }

    /// Day and title of a blog post, written as `/2024/05/06/Title`, with or without a space before it.
    private static func blogPost(_ page: Substring) -> (day: Substring, title: Substring)? {
        let named = page.split(separator: ":", maxSplits: 1).last ?? page
        guard let post = named.prefixMatch(of: /\/(\d{4}\/\d{1,2}\/\d{1,2})\/(.+)/) else { return nil }
        return (post.1, post.2)
    }

    private static func writeImage(
        _ source: Substring, _ parameters: Substring?, to output: inout TreeEvents
    ) {
        let file = source.contains("://") ? source : source.split(separator: "^").last ?? source
        let words = parameters?.firstMatch(of: /alt="?([^|",]+)/)?.1
        output.add(.image, [.alternative: words.map { plain($0) }]) {
            if source.contains("://") {
                $0.addEmpty(.url, [.value: plain(file)])
            } else {
                $0.addEmpty(.attachment, [.fileName: plain(file)])
            }
        }
    }

    /// The characters that a piece of wiki markup stands for: HTML's entities are part of it.
    static func plain(_ text: some StringProtocol) -> String {
        guard text.utf8.contains(UInt8(ascii: "&")) else { return String(text) }
        var output = ""
        var index = text.startIndex
        while index < text.endIndex {
            if text[index] == "&", isEntity(text[index...].prefix(12)),
                let reference = StorageFormatReference.read(Array(text[index...].prefix(14).utf8).span, at: 0)
            {
                if let scalar = reference.scalar { output.unicodeScalars.append(scalar) }
                index = text.utf8.index(index, offsetBy: reference.byteCount)
            } else {
                output.append(text[index])
                index = text.index(after: index)
            }
        }
        return output
    }

    private static func isEntity(_ text: some StringProtocol) -> Bool {
        guard let end = text.firstIndex(of: ";") else { return false }
        let name = text[..<end].dropFirst()
        let digits = name.drop { $0 == "#" || $0 == "x" }
        return !digits.isEmpty && name.count - digits.count <= 2
            && name.dropFirst().allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
    }
}
