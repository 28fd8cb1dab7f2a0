import Text

/// The text of one page in the making.
struct TextWriter {
    /// What is around a block.
    struct Place {
        /// Columns.
        var indent = 0
        /// The list around it.
        var group: Int?
        /// What comes before it when it stands first in a chunk.
        var lead = ""
        var opensSections = true
    }

    /// Longer sentences are not repeated as a lead.
    static let maxLeadByteCount = 200

    let inlineText: InlineText
    private var text = TextBytes()
    private var sections = [RenderedText.Section(headingPath: [], anchor: nil)]
    private var units: [RenderedText.Unit] = []
    private var groupCount = 0
    var anchors = HeadingAnchors()
    /// Headings that are open, outermost first.
    private var path: [(level: Int, title: String)] = []
    /// The last heading as long as nothing stands under it.
    private var bareHeading: (level: Int, range: Range<Int>)?
    /// The last paragraph as long as nothing follows it.
    var leadIn = ""
    /// A panel's or fold's first words, waiting for the text they belong to.
    private var label: (text: String, isRunIn: Bool)?
    /// Bytes that merged cells may still repeat.
    var repeatBudget = 1 << 20
    /// The text of the table's merged cells, by number.
    var merged: [Int: String] = [:]
    private let title: String

    init(inlineText: InlineText, title: String) {
        self.inlineText = inlineText
        self.title = title
    }

    consuming func finish() -> RenderedText {
        flushLabel(Place())
        keepBareHeading(before: 0)
        return RenderedText(text: text.string, sections: sections, units: units)
    }

    mutating func write(_ blocks: [Block], _ place: Place) {
        for block in blocks { write(block, place) }
    }

    private mutating func write(_ block: Block, _ place: Place) {
        switch block {
        case .paragraph(let inlines): writeParagraph(inlineText.text(inlines), place)
        case .heading(let level, let inlines): writeHeading(level, inlines, place)
        case .list(let isOrdered, let start, let items): writeList(isOrdered ? start : nil, items, place)
        case .table(let table): writeTable(table, place)
        case .code(let language, let title, let code): writeCode(language, title, code, place)
        case .panel(let kind, let title, let blocks): writePanel(kind, title, blocks, place)
        case .fold(let title, let blocks): writeFold(title, blocks, place)
        case .excerpt(_, let blocks): write(blocks, place)
        case .quote(let blocks):
            var inner = place
            inner.opensSections = false
            write(blocks, inner)
        case .definitions(let definitions): writeDefinitions(definitions, .list, place)
        case .facts(let facts): writeDefinitions(facts, .table, place)
        case .image(let image): writeParagraph(inlineText.line(for: image), place)
        case .include(let title, _, _): writeParagraph(title, place)
        case .math(let source): writeParagraph(source, place)
        case .rule: leadIn = ""
        }
    }

    // MARK: Units

    /// Writes one unit on a line of its own.
    mutating func writeUnit(
        _ kind: Chunk.Kind, _ content: String, _ place: Place, group: Int?, lead: String = ""
    ) {
        let start = text.count
        text.append(content)
        bareHeading = nil
        units.append(
            RenderedText.Unit(
                kind: kind, range: start..<text.count, section: sections.count - 1, group: group,
                lead: lead))
    }

    mutating func makeGroup() -> Int {
        groupCount += 1
        return groupCount - 1
    }

    /// Begins a line, or a paragraph after an empty line.
    mutating func begin(_ place: Place, afterEmptyLine isParted: Bool) {
        guard !text.isEmpty else { return }
        let isAfterCode = units.last.map { $0.kind == .code && $0.range.upperBound == text.count }
        text.append(UInt8(ascii: "\n"), count: isParted || isAfterCode == true ? 2 : 1)
        text.append(UInt8(ascii: " "), count: place.indent)
    }

    /// Text that belongs to no unit, as it is repeated by the units below it.
    mutating func writeRepeatedLine(_ line: String, _ place: Place) {
        begin(place, afterEmptyLine: true)
        text.append(line)
    }

    mutating func writeParagraph(_ content: String, _ place: Place) {
        guard content.utf8.contains(where: { $0 > 0x20 }) else { return }
        var content = content
        if let label = takeLabel() {
            if !label.isRunIn {
                content = label.text + "\n" + content
            } else if !content.says(label.text.dropLast()) {
                content = label.text + " " + content
            }
        }
        begin(place, afterEmptyLine: place.group == nil)
        writeUnit(
            place.group == nil ? .prose : .list, indented(content, place), place, group: place.group,
            lead: place.lead)
        leadIn = content
    }

    /// Lines after the first stand under it.
    func indented(_ content: String, _ place: Place) -> String {
        guard place.indent > 0, content.utf8.span.contains(UInt8(ascii: "\n")) else { return content }
        let margin = "\n" + String(repeating: " ", count: place.indent)
        return content.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: margin)
    }

    /// The paragraph before a list or a block of code, when it is short enough to be said again; of a longer
    /// one the sentence that announces something.
    mutating func takeLeadIn() -> String {
        defer { leadIn = "" }
        if leadIn.utf8.count <= Self.maxLeadByteCount { return leadIn }
        guard leadIn.utf8.last == UInt8(ascii: ":") else { return "" }
        let tail = leadIn.utf8.suffix(Self.maxLeadByteCount)
        guard let stop = tail.lastIndex(of: UInt8(ascii: ".")) else { return "" }
        return String(leadIn[leadIn.utf8.index(after: stop)...].drop { $0 == " " || $0 == "\n" })
    }

    // MARK: Labels

    mutating func setLabel(_ text: String, isRunIn: Bool, _ place: Place) {
        flushLabel(place)
        label = (text, isRunIn)
    }

    private mutating func takeLabel() -> (text: String, isRunIn: Bool)? {
        defer { label = nil }
        return label
    }

    /// Writes a label that no paragraph took up as a paragraph of its own.
    mutating func flushLabel(_ place: Place) {
        if let label = takeLabel() { writeParagraph(label.text, place) }
    }

    private mutating func writePanel(_ kind: String, _ title: String?, _ blocks: [Block], _ place: Place) {
        let name = kind == "panel" ? "" : kind.prefix(1).uppercased() + kind.dropFirst()
        if let title {
            setLabel(name.isEmpty ? title : "\(name): \(title)", isRunIn: false, place)
        } else if !name.isEmpty {
            setLabel(name + ":", isRunIn: true, place)
        }
        var inner = place
        inner.opensSections = false
        write(blocks, inner)
        flushLabel(place)
    }

    /// What follows a fold does not belong to the headings inside it.
    private mutating func writeFold(_ title: String?, _ blocks: [Block], _ place: Place) {
        if let title { setLabel(title, isRunIn: false, place) }
        let (outerPath, outerSection, outerCount) = (path, sections.last, sections.count)
        write(blocks, place)
        flushLabel(place)
        if sections.count > outerCount, let outerSection {
            keepBareHeading(before: 0)
            path = outerPath
            sections.append(outerSection)
        }
    }

    // MARK: Headings

    private mutating func writeHeading(_ level: Int, _ inlines: [Inline], _ place: Place) {
        // One that is struck out whole still says what stands under it.
        let written = inlineText.text(inlines, lineBreak: " ", keepsStruck: true)
        let valid = inlineText.text(inlines, lineBreak: " ")
        let isStruck = valid.isEmpty && !written.isEmpty
        let heading = isStruck ? written + " (struck out)" : valid
        guard place.opensSections, heading.utf8.contains(where: { $0 > 0x20 }) else {
            return writeParagraph(heading, place)
        }
        flushLabel(place)
        keepBareHeading(before: level)
        while let last = path.last, last.level >= level { path.removeLast() }
        let isTitle = sections.count == 1 && units.isEmpty && heading == title
        if !isTitle { path.append((level, heading)) }
        let anchor = anchors.anchor(for: written)
        sections.append(RenderedText.Section(headingPath: path.map(\.title), anchor: anchor))
        begin(place, afterEmptyLine: true)
        let start = text.count
        text.append(heading)
        bareHeading = (level, start..<text.count)
        leadIn = ""
    }

    /// A heading with nothing under it, not even deeper headings, would be found nowhere: it is a unit.
    private mutating func keepBareHeading(before level: Int) {
        if let heading = bareHeading, level <= heading.level {
            units.append(
                RenderedText.Unit(kind: .prose, range: heading.range, section: sections.count - 1))
        }
        bareHeading = nil
    }
}

extension String {
    /// Whether it begins with `label`, however either is capitalized. Bytes decide as far as both are ASCII.
    fileprivate func says(_ label: Substring) -> Bool {
        let (bytes, wanted) = (utf8.span, label.utf8.span)
        let beginning = bytes.extracting(first: wanted.count + 1)
        guard beginning.isPlainASCII, wanted.isPlainASCII else {
            return lowercased().hasPrefix(label.lowercased())
        }
        guard wanted.count <= bytes.count else { return false }
        for offset in 0..<wanted.count where lowercase(bytes[offset]) != lowercase(wanted[offset]) {
            return false
        }
        return true
    }

    private func lowercase(_ byte: UInt8) -> UInt8 {
        byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
    }
}
