import Text

/// Renders what needs no parser: text, Markdown, CSV, source code.
///
/// The file's extension, looked for in the names it goes by, says which; without one it is text. Markdown keeps
/// its markup, for it reads well; only its structure is made use of.
package enum PlainTextRenderer {
    private enum Format {
        case prose, markdown, rows, code
    }

    private static let formats: [String: Format] = [
        "md": .markdown, "markdown": .markdown, "csv": .rows, "tsv": .rows, "json": .code, "jsonl": .code,
        "yaml": .code, "yml": .code, "toml": .code, "ini": .code, "conf": .code, "xml": .code, "sql": .code,
        "sh": .code, "py": .code, "swift": .code, "java": .code, "js": .code, "ts": .code, "go": .code,
        "log": .code, "properties": .code,
    ]

    /// - Parameter names: the first with an extension that is known decides.
    package static func render(_ text: String, names: [String]) -> RenderedText {
        let format = names.lazy.compactMap { formats[fileExtension($0)] }.first ?? .prose
        var builder = Builder(text)
        switch format {
        case .prose: builder.addProse()
        case .markdown: builder.addMarkdown()
        case .rows: builder.addRows()
        case .code: builder.addCode()
        }
        return builder.page
    }

    private static func fileExtension(_ name: String) -> String {
        guard let dot = name.lastIndex(of: ".") else { return "" }
        return name[name.index(after: dot)...].lowercased()
    }
}

/// Walks over the lines of a text and makes units of them.
private struct Builder {
    private struct Line {
        /// UTF-8 bytes, without the line's end.
        var range: Range<Int>
        var text: Substring
        var isBlank: Bool { text.allSatisfy(\.isWhitespace) }
    }

    private(set) var page: RenderedText
    private let lines: [Line]
    private var groups = 0

    init(_ text: String) {
        let text = Self.withLineFeedsOnly(text)
        page = RenderedText(text: text, sections: [.init(headingPath: [], anchor: nil)], units: [])
        var offset = 0
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            defer { offset += line.utf8.count + 1 }
            return Line(range: offset..<offset + line.utf8.count, text: line)
        }
    }

    /// `\r\n` and `\r` as `\n`, so that offsets of lines can be counted.
    private static func withLineFeedsOnly(_ text: String) -> String {
        let carriageReturn = UInt8(ascii: "\r")
        guard text.utf8.contains(carriageReturn) else { return text }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        var isAfterReturn = false
        for byte in text.utf8 {
            if !(isAfterReturn && byte == UInt8(ascii: "\n")) {
                bytes.append(byte == carriageReturn ? UInt8(ascii: "\n") : byte)
            }
            isAfterReturn = byte == carriageReturn
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Paragraphs, set apart by blank lines.
    mutating func addProse() {
        var start: Int?
        for (index, line) in lines.enumerated() {
            if line.isBlank {
                close(&start, before: index)
            } else if start == nil {
                start = index
            }
        }
        close(&start, before: lines.count)
    }

    mutating func addCode() {
        add(.code, from: 0, to: lines.count, group: nextGroup())
    }

    /// One row a line; the first is the header of all.
    mutating func addRows() {
        let header = lines.first.map { String($0.text) } ?? ""
        let group = nextGroup()
        for index in lines.indices.dropFirst(lines.count > 1 ? 1 : 0) where !lines[index].isBlank {
            add(.table, from: index, to: index + 1, group: group, lead: lines.count > 1 ? header : "")
        }
    }

    mutating func addMarkdown() {
        var start: Int?
        var list: (group: Int, lead: String)?
        var headings: [(level: Int, text: String)] = []
        var index = 0
        while index < lines.count {
            let line = lines[index]
            if let fence = Self.fence(line.text) {
                close(&start, before: index)
                let end = lines[(index + 1)...].firstIndex { Self.fence($0.text) == fence } ?? lines.count - 1
                add(.code, from: index, to: end + 1, group: nextGroup())
                index = end
            } else if let heading = Self.heading(line.text) {
                close(&start, before: index)
                headings.removeAll { $0.level >= heading.level }
                headings.append(heading)
                page.sections.append(.init(headingPath: headings.map(\.text), anchor: nil))
                list = nil
            } else if line.isBlank {
                close(&start, before: index)
            } else if let end = tableEnd(from: index) {
                close(&start, before: index)
                addTable(from: index, to: end)
                list = nil
                index = end - 1
            } else if Self.isListItem(line.text) {
                close(&start, before: index)
                let items = list ?? (nextGroup(), leadIn())
                list = items
                add(.list, from: index, to: index + 1, group: items.group, lead: items.lead)
            } else if list != nil, line.text.first?.isWhitespace == true,
                extendLastUnit(to: line.range.upperBound)
            {
                // The rest of a list item.
            } else {
                list = nil
                start = start ?? index
            }
            index += 1
        }
        close(&start, before: lines.count)
    }

    /// Behind the last row of the table that begins at `index`: a row of cells, a row of dashes, more rows.
    private func tableEnd(from index: Int) -> Int? {
        guard lines[index].text.contains("|"), index + 1 < lines.count else { return nil }
        let rule = lines[index + 1].text
        guard rule.contains("|"), rule.contains("-"), rule.allSatisfy({ "|-: \t".contains($0) }) else {
            return nil
        }
        return lines[(index + 2)...].firstIndex { !$0.text.contains("|") } ?? lines.count
    }

    /// One unit a row, headed by the first.
    private mutating func addTable(from start: Int, to end: Int) {
        let group = nextGroup()
        let header = String(lines[start].text.drop(while: \.isWhitespace))
        guard start + 2 < end else { return add(.table, from: start, to: start + 1, group: group) }
        for row in start + 2..<end { add(.table, from: row, to: row + 1, group: group, lead: header) }
    }

    private mutating func close(_ start: inout Int?, before end: Int) {
        if let first = start { add(.prose, from: first, to: end, group: nil) }
        start = nil
    }

    private mutating func add(_ kind: Chunk.Kind, from: Int, to: Int, group: Int?, lead: String = "") {
        guard from < to else { return }
        let range = lines[from].range.lowerBound..<lines[to - 1].range.upperBound
        guard !range.isEmpty else { return }
        page.units.append(
            RenderedText.Unit(
                kind: kind, range: range, section: page.sections.count - 1, group: group, lead: lead))
    }

    private mutating func extendLastUnit(to end: Int) -> Bool {
        guard let last = page.units.last, last.kind == .list else { return false }
        page.units[page.units.count - 1].range = last.range.lowerBound..<end
        return true
    }

    private mutating func nextGroup() -> Int {
        groups += 1
        return groups
    }

    /// The line right before a list when it ends with a colon.
    private func leadIn() -> String {
        guard let last = page.units.last, last.kind == .prose, last.section == page.sections.count - 1 else {
            return ""
        }
        let line = lines.last { $0.range.upperBound <= last.range.upperBound && !$0.isBlank }
        guard let text = line?.text, text.hasSuffix(":") else { return "" }
        return String(text)
    }

    private static func fence(_ line: Substring) -> String? {
        let trimmed = line.drop { $0 == " " }
        return ["```", "~~~"].first { trimmed.hasPrefix($0) }
    }

    private static func heading(_ line: Substring) -> (level: Int, text: String)? {
        let level = line.prefix { $0 == "#" }.count
        let rest = line.dropFirst(level)
        guard (1...6).contains(level), rest.first == " " else { return nil }
        let text = rest.drop { $0 == " " || $0 == "\t" }
        return text.isEmpty ? nil : (level, String(text))
    }

    private static func isListItem(_ line: Substring) -> Bool {
        let trimmed = line.drop { $0 == " " || $0 == "\t" }
        if let first = trimmed.first, "-*+".contains(first) { return trimmed.dropFirst().first == " " }
        let digits = trimmed.prefix { $0.isASCII && $0.isNumber }
        let rest = trimmed.dropFirst(digits.count)
        return (1...9).contains(digits.count) && (rest.hasPrefix(". ") || rest.hasPrefix(") "))
    }
}
