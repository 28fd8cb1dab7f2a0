import Foundation

extension ADFStorage {
    mutating func writeInlines(of node: ADFValue) {
        writeInlines(node["content"]?.elements ?? [])
    }

    /// Running text. Neighbors that share a mark share its element, so that a word that is bold in part is
    /// still one word.
    mutating func writeInlines(_ nodes: [ADFValue]) {
        writeInlines(nodes.map { (node: $0, marks: Mark.all(of: $0)) }[...])
    }

    private mutating func writeInlines(_ nodes: ArraySlice<(node: ADFValue, marks: ArraySlice<Mark>)>) {
        var rest = nodes
        while let first = rest.first {
            guard let mark = first.marks.first else {
                writeInline(first.node)
                rest.removeFirst()
                continue
            }
            let run = rest.prefix { $0.marks.first == mark }
            rest = rest.dropFirst(run.count)
            open(mark.element, [.href: mark.address, .style: mark.style])
            writeInlines(run.map { (node: $0.node, marks: $0.marks.dropFirst()) }[...])
            close()
        }
    }

    /// A look, or a link. Others (colours that are seen, alignment, comments) say nothing to a reader.
    private struct Mark: Hashable, Comparable {
        /// From the outside in.
        var rank: Int
        var element: StorageElement
        /// Of a link.
        var address: String?
        /// Of text in the colour of the paper.
        var style: String?

        /// An underline has no element of its own in the tree.
        private static let looks: [(name: String, element: StorageElement)] = [
            ("strong", .strong), ("em", .emphasis), ("u", .unknown), ("strike", .strikethrough),
            ("sub", .subscript), ("sup", .superscript), ("code", .code),
        ]

        static func all(of node: ADFValue) -> ArraySlice<Mark> {
            guard let marks = node["marks"]?.elements, !marks.isEmpty else { return [] }
            var found: [Mark] = []
            for mark in marks {
                guard let new = Mark(mark), !found.contains(where: { $0.rank == new.rank }) else { continue }
                found.append(new)
            }
            return found.sorted()[...]
        }

        private init?(_ mark: ADFValue) {
            var look = mark["type"]?.text ?? ""
            switch look {
            case "link":
                guard let address = mark.attribute("href")?.text else { return nil }
                (rank, element, self.address) = (-1, .link, address)
                return
            case "underline": look = "u"
            case "textColor":
                guard let color = mark.attribute("color")?.text, HiddenStyle.isWhiteColor(color) else {
                    return nil
                }
                (rank, element, style) = (Self.looks.count, .unknown, "color: #ffffff")
                return
            case "subsup": look = mark.attribute("type")?.text == "sub" ? "sub" : "sup"
            default: break
            }
            guard let rank = Self.looks.firstIndex(where: { $0.name == look }) else { return nil }
            (self.rank, element) = (rank, Self.looks[rank].element)
        }

        static func < (left: Mark, right: Mark) -> Bool { left.rank < right.rank }
    }

    /// One node of running text, its marks aside.
    mutating func writeInline(_ node: ADFValue) {
        if case .string(let loose) = node { return put(loose) }
        switch node["type"]?.text ?? "" {
        case "text": if case .string(let words)? = node["text"] { put(words) }
        case "hardBreak": element(.lineBreak)
        case "mention": writeMention(node)
        case "emoji": writeEmoji(node)
        case "date": writeDate(node)
        case "status":
            element(.macro, [.name: "status"]) {
                $0.writeParameter("title", node.attribute("text")?.text ?? "")
            }
        case "inlineCard", "blockCard", "embedCard": writeCard(node)
        case "placeholder": break
        case "media", "mediaInline", "image": writeMedia(node)
        case "inlineExtension", "extension", "bodiedExtension": writeExtension(node)
        case "unsupportedInline", "unsupportedBlock": writeUnsupported(node, isInLine: true)
        default: writeUnknown(node)
        }
    }

    private mutating func writeUnknown(_ node: ADFValue) {
        if case .string(let words)? = node["text"] { put(words) }
        for child in node["content"]?.elements ?? [] {
            if Self.inlineTypes.contains(child["type"]?.text ?? "") {
                writeInlines([child])
            } else {
                write(child)
            }
        }
    }

    private mutating func writeMention(_ node: ADFValue) {
        let given = node.attribute("text")?.text
        guard let id = node.attribute("id")?.text, node.attribute("userType")?.text != "SPECIAL" else {
            return put(given ?? "")
        }
        if let given {
            let name = given.hasPrefix("@") ? String(given.dropFirst()) : given
            if !name.isEmpty { note(name, of: .accountID(id)) }
        }
        element(.acLink) { $0.element(.riUser, [.accountID: id]) }
    }

    private mutating func writeEmoji(_ node: ADFValue) {
        element(
            .emoticon,
            [
                .emojiFallback: node.attribute("text")?.text,
                .emojiShortName: node.attribute("shortName")?.text,
            ])
    }

    /// Milliseconds since 1970 as a day; the day of a date does not depend on where the reader is.
    private mutating func writeDate(_ node: ADFValue) {
        guard let written = node.attribute("timestamp") else { return }
        guard let moment = written.text.flatMap(Double.init), (-6e13...2.5e14).contains(moment) else {
            return put(written.text ?? "")
        }
        let day = Date(timeIntervalSince1970: moment / 1000).formatted(.iso8601.year().month().day())
        element(.time, [.dateTime: day])
    }

    private mutating func writeCard(_ node: ADFValue) {
        let data = node.attribute("data")
        guard let address = node.attribute("url")?.text ?? data?["url"]?.text else { return }
        element(.link, [.href: address, .cardAppearance: "inline"]) { $0.put(data?["name"]?.text ?? address) }
    }
}
