import Text

extension TextWriter {
    /// - Parameter start: the first number, or `nil` for bullets.
    mutating func writeList(_ start: Int?, _ items: [ListItem], _ place: Place) {
        flushLabel(place)
        var place = place
        let isInner = place.group != nil
        if !isInner {
            place.lead = takeLeadIn()
            place.group = makeGroup()
        }
        for (offset, item) in items.enumerated() {
            var marker = start.map { "\($0 &+ offset). " } ?? "- "
            if let isComplete = item.isComplete { marker += isComplete ? "[x] " : "[ ] " }
            writeItem(item, marker, place, isParted: offset == 0 && !isInner)
        }
        leadIn = ""
    }

    private mutating func writeItem(_ item: ListItem, _ marker: String, _ place: Place, isParted: Bool) {
        var inner = place
        inner.indent += marker.hasPrefix("- ") ? 2 : marker.utf8.count
        inner.opensSections = false
        var rest = item.blocks[...]
        let first = rest.first.flatMap { line(of: $0) } ?? ""
        if !first.isEmpty { rest.removeFirst() }
        let isEmpty = !first.utf8.contains { $0 > 0x20 }
        // What is struck out is no task any more.
        let isStruck = isEmpty && item.blocks.first.map { line(of: $0) != nil } ?? false
        if !isEmpty || item.isComplete != nil && !isStruck {
            begin(place, afterEmptyLine: isParted)
            writeUnit(
                .list, marker + indented(first, inner), place, group: place.group, lead: place.lead)
        }
        if !isEmpty, first.utf8.count <= Self.maxLeadByteCount {
            inner.lead = place.lead.isEmpty ? marker + first : place.lead + "\n" + marker + first
            if inner.lead.utf8.count > 2 * Self.maxLeadByteCount { inner.lead = marker + first }
        }
        write(Array(rest), inner)
    }

    /// The text of a block that fits on its item's line.
    private func line(of block: Block) -> String? {
        switch block {
        case .paragraph(let inlines), .heading(_, let inlines): inlineText.text(inlines)
        case .image(let image): inlineText.line(for: image)
        case .math(let source): source
        case .include(let title, _, _): title
        default: nil
        }
    }

    // MARK: Definitions

    /// `Key: value`, one unit each. What has no place in a line stands below, indented.
    mutating func writeDefinitions(_ definitions: [Definition], _ kind: Chunk.Kind, _ place: Place) {
        flushLabel(place)
        let group = place.group ?? makeGroup()
        var isFirst = place.group == nil
        for definition in definitions {
            let value = CellText(definition.blocks, inlineText, indent: place.indent)
            let key = inlineText.text(definition.term, lineBreak: " ")
            let line = keyed(key, value)
            guard !line.isEmpty else { continue }
            begin(place, afterEmptyLine: isFirst)
            writeUnit(kind, line, place, group: group, lead: place.lead)
            isFirst = false
        }
        leadIn = ""
    }

    func keyed(_ key: String, _ value: CellText) -> String {
        guard !key.isEmpty else { return value.text }
        let separator = key.utf8.last == UInt8(ascii: ":") ? " " : ": "
        return value.isEmpty ? key : key + separator + value.text
    }

    // MARK: Code

    mutating func writeCode(_ language: String?, _ title: String?, _ code: String, _ place: Place) {
        flushLabel(place)
        guard !code.isEmpty else { return }
        let plain = ["none", "text", "plain", "plaintext", "txt"]
        let language = language.flatMap { plain.contains($0.lowercased()) ? nil : $0 }
        let label: String? =
            switch (title, language) {
            case (let title?, let language?): "\(title) (\(language)):"
            case (let title?, nil): "\(title):"
            case (nil, let language?): "\(language):"
            case (nil, nil): nil
            }
        // Not every paragraph before code is about it.
        let announced = takeLeadIn()
        let before = announced.utf8.last == UInt8(ascii: ":") ? announced : ""
        let lead = [place.lead.isEmpty ? before : place.lead, label ?? ""].filter { !$0.isEmpty }
        if let label { writeRepeatedLine(label, Place()) }
        text(endLine: label == nil)
        writeUnit(.code, code, place, group: makeGroup(), lead: lead.joined(separator: "\n"))
    }

    /// Code stands at the margin even in a list, so that it can be copied.
    private mutating func text(endLine isParted: Bool) {
        begin(Place(), afterEmptyLine: isParted)
    }
}
