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
            text += mark.opening
            writeInlines(run.map { (node: $0.node, marks: $0.marks.dropFirst()) }[...])
            text += mark.closing
        }
    }

    /// A look, or a link. Others (colour, alignment, comments) say nothing to a reader.
    private struct Mark: Hashable, Comparable {
        /// From the outside in.
        var rank: Int
        var opening: String
        var closing: String

        private static let tags = ["strong", "em", "u", "strike", "sub", "sup", "code"]

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
            var tag = mark["type"]?.text ?? ""
            switch tag {
            case "link":
                guard let address = mark.attribute("href")?.text else { return nil }
                rank = -1
                (opening, closing) = ("<a" + ADFStorage.attribute("href", address) + ">", "</a>")
                return
            case "underline": tag = "u"
            case "subsup": tag = mark.attribute("type")?.text == "sub" ? "sub" : "sup"
            default: break
            }
            guard let rank = Self.tags.firstIndex(of: tag) else { return nil }
            let name = tag == "strike" ? "del" : tag
            self.rank = rank
            (opening, closing) = ("<\(name)>", "</\(name)>")
        }

        static func < (left: Mark, right: Mark) -> Bool { left.rank < right.rank }
    }

    /// One node of running text, its marks aside.
    mutating func writeInline(_ node: ADFValue) {
        if case .string(let loose) = node { return put(loose) }
        switch node["type"]?.text ?? "" {
        case "text": if case .string(let words)? = node["text"] { put(words) }
        case "hardBreak": text += "<br/>"
        case "mention": writeMention(node)
        case "emoji": writeEmoji(node)
        case "date": writeDate(node)
        case "status":
            element("ac:structured-macro", " ac:name=\"status\"") {
                $0.writeParameter("title", node.attribute("text")?.text ?? "")
            }
        case "inlineCard", "blockCard", "embedCard": writeCard(node)
        case "placeholder": break
        case "media", "mediaInline", "image": writeMedia(node)
        case "inlineExtension", "extension", "bodiedExtension": writeExtension(node)
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
        element("ac:link") { $0.emptyElement("ri:user", Self.attribute("ri:account-id", id)) }
    }

    private mutating func writeEmoji(_ node: ADFValue) {
        emptyElement(
            "ac:emoticon",
            Self.attribute("ac:emoji-fallback", node.attribute("text")?.text)
                + Self.attribute("ac:emoji-shortname", node.attribute("shortName")?.text))
    }

    /// Milliseconds since 1970 as a day; the day of a date does not depend on where the reader is.
    private mutating func writeDate(_ node: ADFValue) {
        guard let written = node.attribute("timestamp") else { return }
        guard let moment = written.text.flatMap(Double.init), (-6e13...2.5e14).contains(moment) else {
            return put(written.text ?? "")
        }
        let day = Date(timeIntervalSince1970: moment / 1000).formatted(.iso8601.year().month().day())
        emptyElement("time", Self.attribute("datetime", day))
    }

    private mutating func writeCard(_ node: ADFValue) {
        let data = node.attribute("data")
        guard let address = node.attribute("url")?.text ?? data?["url"]?.text else { return }
        element("a", Self.attribute("href", address)) { $0.put(data?["name"]?.text ?? address) }
    }
}
