/// What `pdftotext` prints, as pages of paragraphs: `Page 3` is a heading.
///
/// Lines of a paragraph are joined, words that a line's end hyphenates become whole, bullets become lists, and
/// lines that head or foot most pages (a running title, a page number) are left out.
struct PDFPages {
    private let pages: [[Substring]]

    init(_ text: String) {
        var pages = text.split(separator: "\u{0C}", omittingEmptySubsequences: false).map { page in
            page.split(separator: "\n", omittingEmptySubsequences: false)
        }
        // Each page ends with a form feed, so what comes after the last one is no page.
        if pages.count > 1, pages.last?.allSatisfy(Self.isBlank) == true { pages.removeLast() }
        self.pages = Self.withoutRunningLines(pages)
    }

    func markup(into writer: MarkupWriter) -> MarkupWriter {
        var writer = writer
        for (index, lines) in pages.enumerated() where !writer.isFull {
            let paragraphs = Self.paragraphs(lines)
            if paragraphs.isEmpty { continue }
            writer.division(1, "Page \(index + 1)")
            for paragraph in paragraphs {
                var inline = InlineMarkup()
                inline.add(paragraph.text)
                if paragraph.isItem {
                    writer.item(level: 0, isOrdered: false, inline)
                } else {
                    writer.paragraph(inline)
                }
            }
        }
        return writer
    }

    private struct Paragraph {
        var text: String
        var isItem: Bool
    }

    private static func paragraphs(_ lines: [Substring]) -> [Paragraph] {
        var found: [Paragraph] = []
        var isOpen = false
        for line in lines {
            let text = line.drop(while: \.isWhitespace)
            if text.isEmpty {
                isOpen = false
            } else if let first = text.first, bullets.contains(first) {
                let rest = text.dropFirst().drop(while: \.isWhitespace)
                found.append(Paragraph(text: String(rest), isItem: true))
                isOpen = true
            } else if isOpen {
                found[found.count - 1].text = joined(found[found.count - 1].text, text)
            } else {
                found.append(Paragraph(text: String(text), isItem: false))
                isOpen = true
            }
        }
        return found.filter { !isBlank($0.text[...]) }
    }

    /// Circles, squares and the like, also those of symbol fonts, which have private code points.
    private static let bullets: Set<Character> = [
        "•", "◦", "▪", "▫", "■", "□", "●", "○", "‣", "⁃", "∙", "\u{F0B7}", "\u{F0A7}", "\u{F0D8}",
    ]

    /// Two lines of a paragraph. A hyphen between a letter and a small letter parts a word, as printers do it;
    /// after a capital or a digit, or before a capital, it is the writer's own (`B-17`, `Rhein-\nMain`).
    static func joined(_ above: String, _ below: Substring) -> String {
        guard let last = above.last, last == "-" || last == "\u{AD}" || last == "‐" else {
            return above + " " + below
        }
        let stem = above.dropLast()
        if last == "\u{AD}" { return stem + String(below) }
        guard stem.last?.isLowercase == true else { return above + below }
        return below.first?.isLowercase == true ? stem + String(below) : above + below
    }

    /// A line at a page's edge counts as running when, its digits aside, it is on most pages, and on three.
    private static func withoutRunningLines(_ pages: [[Substring]]) -> [[Substring]] {
        var counts: [String: Int] = [:]
        let edges = pages.map { Self.edges($0) }
        for (page, indices) in zip(pages, edges) {
            for index in Set(indices) { counts[key(page[index]), default: 0] += 1 }
        }
        let filled = edges.count { !$0.isEmpty }
        let running = Set(counts.filter { $0.value >= 3 && $0.value * 2 > filled }.keys)
        guard !running.isEmpty else { return pages }
        return zip(pages, edges).map { page, indices in
            let gone = Set(indices.filter { running.contains(key(page[$0])) })
            return page.indices.filter { !gone.contains($0) }.map { page[$0] }
        }
    }

    /// The first and the last two lines that are not blank.
    private static func edges(_ lines: [Substring]) -> [Int] {
        let filled = lines.indices.filter { !isBlank(lines[$0]) }
        return Array(filled.prefix(2)) + Array(filled.dropFirst(2).suffix(2))
    }

    private static func key(_ line: Substring) -> String {
        String(line.map { $0.isNumber ? "#" : $0 }).split(whereSeparator: \.isWhitespace).joined(
            separator: " ")
    }

    private static func isBlank(_ line: Substring) -> Bool {
        line.allSatisfy(\.isWhitespace)
    }
}
