internal import CLibXML2
import Foundation

/// HTML files as elements of storage format: read by libxml2's HTML parser, which mends what is broken as browsers do,
/// then taken in with the elements that carry structure and without everything that does not.
///
/// Left out with all they hold: scripts, styles, forms' fields, drawings, frames.
enum HTMLText {
    static func markup(_ bytes: [UInt8], into writer: MarkupWriter) throws -> MarkupWriter {
        var text = Array(decoded(bytes).utf8)
        // libxml2 takes a zero byte for the end.
        text.removeAll { $0 == 0 }
        let filter = HTMLFilter(writer)
        try withExtendedLifetime(filter) {
            var handlers = Self.handlers()
            let context = Unmanaged.passUnretained(filter).toOpaque()
            guard
                let parser = htmlCreatePushParserCtxt(
                    &handlers, context, nil, 0, nil, XML_CHAR_ENCODING_UTF8)
            else { throw AttachmentRefusal.damaged(.html, reason: "libxml2 has no memory") }
            defer { htmlFreeParserCtxt(parser) }
            htmlCtxtUseOptions(
                parser,
                Int32(
                    HTML_PARSE_NONET.rawValue | HTML_PARSE_IGNORE_ENC.rawValue | HTML_PARSE_NOERROR.rawValue))
            text.withUnsafeBytes { all in
                var start = 0
                while start < all.count, !filter.isFull {
                    let piece = UnsafeRawBufferPointer(rebasing: all[start..<min(start + 65_536, all.count)])
                    let pointer = piece.baseAddress?.assumingMemoryBound(to: CChar.self)
                    htmlParseChunk(parser, pointer, Int32(piece.count), 0)
                    start += piece.count
                }
            }
            htmlParseChunk(parser, nil, 0, 1)
        }
        return filter.finish()
    }

    private static func handlers() -> htmlSAXHandler {
        var handlers = htmlSAXHandler()
        handlers.startElement = { context, name, attributes in
            HTMLFilter.from(context)?.start(name, attributes)
        }
        handlers.endElement = { context, name in HTMLFilter.from(context)?.end(name) }
        handlers.characters = { context, text, count in HTMLFilter.from(context)?.characters(text, count) }
        // White space between elements, which HTML's own rules would drop, parts words all the same.
        handlers.ignorableWhitespace = { context, text, count in
            HTMLFilter.from(context)?.characters(text, count)
        }
        handlers.serror = { _, _ in }
        return handlers
    }

    /// By the byte order mark, else the file's own word in its first kilobyte, else UTF-8, else Windows-1252.
    static func decoded(_ bytes: [UInt8]) -> String {
        let hasMark = [[0xFF, 0xFE], [0xFE, 0xFF], [0xEF, 0xBB, 0xBF]].contains { bytes.starts(with: $0) }
        if hasMark, let text = TextAttachment.text(bytes) { return text }
        if let encoding = declaredEncoding(bytes), let text = String(bytes: bytes, encoding: encoding) {
            return text
        }
        return String(validating: bytes, as: UTF8.self) ?? String(bytes: bytes, encoding: .windowsCP1252)
            ?? String(decoding: bytes, as: UTF8.self)
    }

    private static func declaredEncoding(_ bytes: [UInt8]) -> String.Encoding? {
        let head = String(decoding: bytes.prefix(1024), as: UTF8.self).lowercased()
        guard let match = head.firstMatch(of: /(?:charset|encoding)\s*=\s*["']?\s*([a-z0-9_-]+)/) else {
            return nil
        }
        let encodings: [Substring: String.Encoding] = [
            "utf-8": .utf8, "utf8": .utf8, "iso-8859-1": .windowsCP1252, "latin1": .windowsCP1252,
            "windows-1252": .windowsCP1252, "us-ascii": .windowsCP1252, "iso-8859-2": .isoLatin2,
            "windows-1250": .windowsCP1250, "windows-1251": .windowsCP1251, "shift_jis": .shiftJIS,
            "euc-jp": .japaneseEUC,
        ]
        return encodings[match.1]
    }
}

/// Takes in what libxml2 reads. Its elements are balanced: what a page leaves open it closes.
private final class HTMLFilter {
    private var writer: MarkupWriter
    private var depth = 0
    private var skipDepth = 0
    /// Elements that were written and are open, with their depth.
    private var open: [(tag: StorageTag, depth: Int)] = []
    private var piece = TreeEvents()
    private var hasText = false

    /// Deeper elements are passed over and their text kept.
    private static let depthLimit = 200

    init(_ writer: MarkupWriter) {
        self.writer = writer
    }

    static func from(_ context: UnsafeMutableRawPointer?) -> HTMLFilter? {
        context.map { Unmanaged<HTMLFilter>.fromOpaque($0).takeUnretainedValue() }
    }

    var isFull: Bool { writer.isFull }

    private static let kept: [String: StorageTag] = {
        let tags: [StorageTag] = [
            .h1, .h2, .h3, .h4, .h5, .h6, .p, .pre, .code, .blockquote, .strong, .b, .em, .i, .s, .del, .sub,
            .sup, .ul, .ol, .li, .dl, .dt, .dd, .table, .thead, .tbody, .tfoot, .tr, .th, .td, .caption, .a,
            .div, .span,
        ]
        return Dictionary(uniqueKeysWithValues: tags.map { ($0.rawValue, $0) })
    }()
    /// Blocks of HTML that storage format does not know.
    private static let divisions: Set<String> = [
        "article", "section", "main", "header", "footer", "nav", "aside", "address", "figure", "figcaption",
        "details", "summary", "fieldset", "center", "body", "hgroup", "legend",
    ]
    private static let empty: [String: StorageTag] = ["br": .br, "hr": .hr]
    private static let dropped: Set<String> = [
        "head", "script", "style", "template", "svg", "math", "iframe", "object", "embed", "select", "option",
        "input", "textarea", "button", "canvas", "audio", "video", "noframes", "noscript",
    ]

    func start(
        _ name: UnsafePointer<xmlChar>?, _ attributes: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?
    ) {
        guard let name else { return }
        depth += 1
        let element = String(cString: name).lowercased()
        guard skipDepth == 0, !Self.dropped.contains(element), !Self.isUnseen(attributes) else {
            skipDepth += 1
            return
        }
        if let tag = Self.empty[element] {
            write(elements: 1) { $0.addEmpty(tag) }
        } else if element == "img" {
            writeImage(attributes)
        } else if depth <= Self.depthLimit, let tag = Self.tag(element) {
            // What is not written is not closed either.
            let attributes = Self.attributes(attributes, of: tag)
            if write(elements: 1, { $0.open(tag, attributes) }) {
                open.append((tag, depth))
            }
        }
    }

    private static func isUnseen(_ attributes: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?) -> Bool {
        guard let attributes, attributes[0] != nil else { return false }
        let values = values(attributes)
        return values["hidden"] != nil || values["style"].map(HiddenStyle.hides) ?? false
    }

    func end(_ name: UnsafePointer<xmlChar>?) {
        defer { depth -= 1 }
        if skipDepth > 0 {
            skipDepth -= 1
            return
        }
        guard let last = open.last, last.depth == depth else { return }
        open.removeLast()
        piece.close(last.tag)
    }

    func characters(_ text: UnsafePointer<xmlChar>?, _ count: Int32) {
        guard skipDepth == 0, let text, count > 0 else { return }
        let characters = String(decoding: UnsafeBufferPointer(start: text, count: Int(count)), as: UTF8.self)
        let isVerbatim = open.contains { $0.tag == .pre }
        write(elements: 0) { piece in
            if isVerbatim { Self.addLines(characters, to: &piece) } else { piece.addText(characters, .line) }
        }
        if characters.contains(where: { !$0.isWhitespace }) { hasText = true }
    }

    func finish() -> MarkupWriter {
        while let last = open.popLast() { piece.close(last.tag) }
        writer.addMarkup(piece, hasText: hasText)
        return writer
    }

    /// - Returns: whether there was room for it.
    @discardableResult
    private func write(elements: Int, _ add: (inout TreeEvents) -> Void) -> Bool {
        let mark = piece.mark
        add(&piece)
        guard writer.take(bytes: piece.byteCount - mark.byteCount, elements: elements) else {
            piece.rewind(to: mark)
            return false
        }
        return true
    }

    private func writeImage(_ attributes: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?) {
        let values = Self.values(attributes)
        guard let words = values["alt"] ?? values["title"], words.contains(where: { !$0.isWhitespace }) else {
            return
        }
        write(elements: 0) { $0.addText("Image: " + words, .line) }
        hasText = true
    }

    private static func tag(_ element: String) -> StorageTag? {
        if element == "strike" { return .s }
        return kept[element] ?? (divisions.contains(element) ? .div : nil)
    }

    private static func attributes(
        _ attributes: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?, of tag: StorageTag
    ) -> TreeEvents.Attributes {
        let values = values(attributes)
        // Two kinds of styles change what the text says: what is struck out, and what may not be seen.
        let style = values["style"].flatMap {
            $0.lowercased().contains("line-through") || HiddenStyle.isWhite($0) ? $0 : nil
        }
        guard [.a, .td, .th, .ol].contains(tag) else { return style == nil ? [:] : [.style: style] }
        func value(_ name: String) -> String? {
            values[name].flatMap { $0.lowercased().hasPrefix("javascript:") ? nil : $0 }
        }
        switch tag {
        case .a: return [.href: value("href"), .style: style]
        case .ol: return [.start: value("start"), .style: style]
        default: return [.columnSpan: value("colspan"), .rowSpan: value("rowspan"), .style: style]
        }
    }

    private static func values(
        _ attributes: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?
    ) -> [String: String] {
        var values: [String: String] = [:]
        var index = 0
        while let attributes, let key = attributes[index] {
            if let value = attributes[index + 1] {
                values[String(cString: key).lowercased()] = String(cString: value)
            }
            index += 2
        }
        return values
    }

    /// Line ends are kept.
    private static func addLines(_ text: String, to piece: inout TreeEvents) {
        let lines = text.replacing("\r\n", with: "\n").split(
            separator: "\n", omittingEmptySubsequences: false)
        for (number, line) in lines.enumerated() {
            if number > 0 { piece.addText("\n") }
            piece.addText(line, .line)
        }
    }
}
