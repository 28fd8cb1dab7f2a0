/// Running text without its looks: what is searched, quoted and embedded.
///
/// What is struck out does not stand any more, so it is left out: nobody must find it, or be told it, as if it did.
struct InlineText {
    let references: any ReferenceResolver

    /// - Parameters:
    ///   - lineBreak: what stands for a line break.
    ///   - keepsStruck: whether what is struck out is part of the text.
    func text(_ inlines: [Inline], lineBreak: String = "\n", keepsStruck: Bool = false) -> String {
        // Most paragraphs are one run.
        if inlines.count == 1, case .text(let run) = inlines[0] { return run }
        var text = MendedText(lineBreak: lineBreak, keepsStruck: keepsStruck)
        append(inlines, to: &text)
        return text.finish()
    }

    private func append(_ inlines: [Inline], to text: inout MendedText) {
        for inline in inlines { append(inline, to: &text) }
    }

    private func append(_ inline: Inline, to text: inout MendedText) {
        switch inline {
        case .text(let run), .code(let run), .status(let run), .emoji(let run), .math(let run):
            text.append(run)
        case .emphasis(let inner), .strong(let inner), .subscript(let inner): append(inner, to: &text)
        case .strikethrough(let inner):
            if text.keepsStruck { append(inner, to: &text) } else { text.leaveOut() }
        case .superscript(let inner): appendRaised(inner, to: &text)
        case .link(_, let inner): append(inner, to: &text)
        case .image(let image): text.append("(\(line(for: image)))")
        case .mention(let person): text.append(name(of: person))
        case .lineBreak: text.breakLine()
        case .anchor: break
        }
    }

    /// 10⁶ must not read as 106; an ordinal's or a trademark's letters may stand in the line.
    private func appendRaised(_ inner: [Inline], to text: inout MendedText) {
        let raised = self.text(inner, lineBreak: " ", keepsStruck: text.keepsStruck)
        let isNumber = raised.utf8.contains { $0 >= 0x30 && $0 <= 0x39 }
        if isNumber, let last = text.content.utf8.last, last > 0x20 { text.append("^") }
        text.append(raised)
    }

    /// A person whom nobody can name is still a person, and an id says nothing to a reader.
    func name(of person: UserReference) -> String {
        if let name = references.displayName(of: person) { return name }
        if case .username(let name) = person { return name }
        return "someone"
    }

    /// `Image: alternative – caption (file name)`, each as far as it is there and says something new.
    func line(for image: ImageReference) -> String {
        var words: [String] = []
        for word in [image.alternative, text(image.caption, lineBreak: " "), image.title]
        where !word.isEmpty && !words.contains(where: { $0.says(word) }) {
            words.append(word)
        }
        let name = fileName(of: image)
        if !name.isEmpty, !words.contains(name) {
            words = words.isEmpty ? [name] : [words.joined(separator: " – ") + " (\(name))"]
        }
        return (image.isDiagram ? "Diagram: " : "Image: ") + words.joined(separator: " – ")
    }

    /// A URL's last part; a file name or a diagram's name as it is.
    private func fileName(of image: ImageReference) -> String {
        guard image.source.utf8.span.holds("://") else { return image.source }
        let path = image.source.prefix { $0 != "?" && $0 != "#" }
        return path.split(separator: "/").last.map(String.init) ?? ""
    }
}

extension String {
    /// Whether `other` is a part of it. Bytes decide when both are ASCII, which most names are. Words as long
    /// as a page are not looked for, so that it costs no more than a multiple of the length.
    fileprivate func says(_ other: String) -> Bool {
        guard other.utf8.count <= 1_000 else { return self == other }
        guard utf8.span.isPlainASCII, other.utf8.span.isPlainASCII else { return contains(other) }
        let (bytes, wanted) = (utf8.span, other.utf8.span)
        guard wanted.count <= bytes.count else { return false }
        search: for start in 0...bytes.count - wanted.count {
            for offset in 0..<wanted.count where bytes[start + offset] != wanted[offset] { continue search }
            return true
        }
        return false
    }
}
