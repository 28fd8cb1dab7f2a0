/// Text effects, links, images and macros within a line of wiki markup.
enum WikiMarkupLine {
    static func storage(_ text: Substring) -> String {
        var output = ""
        var rest = text
        while let index = rest.firstIndex(where: { "[!{\\*_+^~-".contains($0) }) {
            let isAtStart =
                index == rest.startIndex
                ? output.last.map { !$0.isLetter && !$0.isNumber } ?? true
                : !rest[rest.index(before: index)].isLetter && !rest[rest.index(before: index)].isNumber
            output += escaped(rest[..<index])
            rest = rest[index...]
            if let (piece, remainder) = special(rest, isAtWordStart: isAtStart) {
                output += piece
                rest = remainder
            } else {
                output += escaped(rest.prefix(1))
                rest = rest.dropFirst()
            }
        }
        return output + escaped(rest)
    }

    /// Splits a row at separators outside links, whose `|` is their own.
    static func cells(_ row: Substring, separator: String) -> [Substring] {
        var cells: [Substring] = []
        var depth = 0
        var start = row.startIndex
        var index = row.startIndex
        while index < row.endIndex {
            if row[index] == "[" { depth += 1 }
            if row[index] == "]" { depth = max(0, depth - 1) }
            if depth == 0, row[index...].hasPrefix(separator) {
                cells.append(row[start..<index])
                index = row.index(index, offsetBy: separator.count)
                start = index
            } else {
                index = row.index(after: index)
            }
        }
        cells.append(row[start...])
        return cells
    }

    private static func special(_ text: Substring, isAtWordStart: Bool) -> (String, Substring)? {
        if text.hasPrefix("\\\\") { return ("<br/>", text.dropFirst(2)) }
        if text.hasPrefix("\\"), let next = text.dropFirst().first {
            return (escaped(Substring(String(next))), text.dropFirst(2))
        }
        if let match = text.prefixMatch(of: /\[([^\]\[]+)\]/) {
            return (link(match.1), text[match.range.upperBound...])
        }
        if let match = text.prefixMatch(of: /!([^!|\s]+)(\|[^!]*)?!/) {
            return (image(match.1), text[match.range.upperBound...])
        }
        if let match = text.prefixMatch(of: /\{\{(.+?)\}\}/) {
            return ("<code>\(escaped(match.1))</code>", text[match.range.upperBound...])
        }
        if let match = text.prefixMatch(of: /\{([A-Za-z][\w-]*)(:[^{}]*)?\}/) {
            return (title(match.2), text[match.range.upperBound...])
        }
        guard isAtWordStart else { return nil }
        return effect(text)
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
        if target.hasPrefix("^") {
            let name = escaped(target.dropFirst())
            return "<ac:link><ri:attachment ri:filename=\"\(name)\"/>\(body)</ac:link>"
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
        let title = escaped(names.last ?? page)
        return "<ac:link\(anchor)><ri:page ri:content-title=\"\(title)\"\(space)/>\(body)</ac:link>"
    }

    private static func image(_ source: Substring) -> String {
        let name = escaped(source)
        let reference =
            source.contains("://")
            ? "<ri:url ri:value=\"\(name)\"/>" : "<ri:attachment ri:filename=\"\(name)\"/>"
        return "<ac:image>\(reference)</ac:image>"
    }

    /// Of a macro's parameters only its title is text.
    private static func title(_ parameters: Substring?) -> String {
        guard let match = parameters?.firstMatch(of: /title=([^|}]+)/) else { return "" }
        return "<strong>\(escaped(match.1))</strong> "
    }

    private static func escaped(_ text: some StringProtocol) -> String {
        var output = ""
        for character in text {
            switch character {
            case "&": output += "&amp;"
            case "<": output += "&lt;"
            case ">": output += "&gt;"
            case "\"": output += "&quot;"
            default: output.append(character)
            }
        }
        return output
    }
}
