/// Text effects, links, images and macros within a line of wiki markup.
enum WikiMarkupLine {
    static func storage(_ text: Substring) -> String {
        var output = ""
        var rest = text
        // Where the last `}}` is, so that braces behind it need not be looked for to the end of the line each.
        let lastEnd = text.ranges(of: "}}").last?.lowerBound
        while let index = rest.firstIndex(where: { "[!{\\*_+^~-".contains($0) }) {
            let isAtStart =
                index == rest.startIndex
                ? output.last.map { !$0.isLetter && !$0.isNumber } ?? true
                : !rest[rest.index(before: index)].isLetter && !rest[rest.index(before: index)].isNumber
            output += escaped(rest[..<index])
            rest = rest[index...]
            if let (piece, remainder) = special(rest, isAtWordStart: isAtStart, lastEnd: lastEnd) {
                output += piece
                rest = remainder
            } else {
                output += escaped(rest.prefix(1))
                rest = rest.dropFirst()
            }
        }
        return output + escaped(rest)
    }

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

    private static func special(
        _ text: Substring, isAtWordStart: Bool, lastEnd: Substring.Index?
    ) -> (String, Substring)? {
        if text.hasPrefix("\\\\") { return ("<br/>", text.dropFirst(2)) }
        if text.hasPrefix("\\"), let next = text.dropFirst().first {
            return (escaped(Substring(String(next))), text.dropFirst(2))
        }
        if let bracketed = bracketed(text) { return (link(bracketed.content), text[bracketed.end...]) }
        if let marks = imageMarks(text) {
            return (image(marks.source, marks.parameters), text[marks.end...])
        }
        if let lastEnd, text.startIndex < lastEnd, text.hasPrefix("{{"),
            let end = text.dropFirst(3).firstRange(of: "}}")
        {
            return ("<code>\(escaped(text[..<end.lowerBound].dropFirst(2)))</code>", text[end.upperBound...])
        }
        if text.hasPrefix("{"), let macro = WikiMarkupMacro(at: text.startIndex, of: text) {
            return (macro.inline, text[macro.range.upperBound...])
        }
        guard isAtWordStart else { return nil }
        return effect(text)
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

    private static func effect(_ text: Substring) -> (String, Substring)? {
        let tags: [Character: String] = [
            "*": "strong", "_": "em", "+": "u", "^": "sup", "~": "sub", "-": "del",
        ]
        guard let mark = text.first, let tag = tags[mark] else { return nil }
        let inner = text.dropFirst()
        guard let first = inner.first, !first.isWhitespace, first != mark,
            let end = inner.firstIndex(of: mark)
        else { return nil }
        let after = inner.index(after: end)
        let isWordEnd = after == inner.endIndex || !(inner[after].isLetter || inner[after].isNumber)
        guard isWordEnd, !inner[inner.index(before: end)].isWhitespace else { return nil }
        return ("<\(tag)>\(storage(inner[..<end]))</\(tag)>", inner[after...])
    }

    /// `[label|target]`, `[target]`; a target is a URL, `^file`, `~user`, `#anchor` or `SPACE:Title#anchor`.
    private static func link(_ content: Substring) -> String {
        let parts = content.split(separator: "|", maxSplits: 2, omittingEmptySubsequences: false)
        let target = parts.count > 1 ? parts[1] : parts[0]
        let label = parts.count > 1 ? parts[0] : nil
        if target.contains("://") || target.hasPrefix("mailto:") {
            return "<a href=\"\(escaped(target))\">\(escaped(label ?? target))</a>"
        }
        let body = label.map { "<ac:link-body>\(escaped($0))</ac:link-body>" } ?? ""
        if let hat = target.firstIndex(of: "^") {
            let name = escaped(target[target.index(after: hat)...])
            let page = escaped(target[..<hat])
            let inner = page.isEmpty ? "" : "<ri:page ri:content-title=\"\(page)\"/>"
            return
                "<ac:link><ri:attachment ri:filename=\"\(name)\">\(inner)</ri:attachment>\(body)</ac:link>"
        }
        if target.hasPrefix("~") {
            return "<ac:link><ri:user ri:username=\"\(escaped(target.dropFirst()))\"/>\(body)</ac:link>"
        }
        let place = target.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let anchor = place.count > 1 ? " ac:anchor=\"\(escaped(place[1]))\"" : ""
        guard let page = place.first, !page.isEmpty else {
            return "<ac:link\(anchor)>\(body)</ac:link>"
        }
        let names = page.split(separator: ":", maxSplits: 1)
        let space = names.count == 2 ? " ri:space-key=\"\(escaped(names[0]))\"" : ""
        let named = names.last ?? page
        if let post = named.prefixMatch(of: /\/(\d{4}\/\d{1,2}\/\d{1,2})\/(.+)/) {
            return "<ac:link><ri:blog-post ri:content-title=\"\(escaped(post.2))\" "
                + "ri:posting-day=\"\(post.1)\"\(space)/>\(body)</ac:link>"
        }
        let title = escaped(named)
        return "<ac:link\(anchor)><ri:page ri:content-title=\"\(title)\"\(space)/>\(body)</ac:link>"
    }

    private static func image(_ source: Substring, _ parameters: Substring?) -> String {
        let file = source.contains("://") ? source : source.split(separator: "^").last ?? source
        let name = escaped(file)
        let words = parameters?.firstMatch(of: /alt="?([^|",]+)/)?.1
        let alternative = words.map { " ac:alt=\"\(escaped($0))\"" } ?? ""
        let reference =
            source.contains("://")
            ? "<ri:url ri:value=\"\(name)\"/>" : "<ri:attachment ri:filename=\"\(name)\"/>"
        return "<ac:image\(alternative)>\(reference)</ac:image>"
    }

    static func escaped(_ text: some StringProtocol) -> String {
        var output = ""
        for index in text.indices {
            let character = text[index]
            switch character {
            // Entities of HTML are part of wiki markup.
            case "&" where isEntity(text[index...].prefix(12)): output += "&"
            case "&": output += "&amp;"
            case "<": output += "&lt;"
            case ">": output += "&gt;"
            case "\"": output += "&quot;"
            default: output.append(character)
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
