import Foundation

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// Why a text is not an XML document that is read.
package enum XMLFault: Error, Equatable {
    case tooLarge(bytes: Int, limit: Int)
    case tooDeep(limit: Int)
    /// No UTF-8, or declared as something else.
    case encoding
    /// A document type, with which entities come; no service of AWS sends one.
    case documentType
    case notWellFormed(line: Int)
}

extension XMLFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tooLarge(let bytes, let limit): "the XML has \(bytes) bytes, more than the limit of \(limit)"
        case .tooDeep(let limit): "the XML is nested more than \(limit) elements deep"
        case .encoding: "the XML is not in UTF-8"
        case .documentType: "the XML declares a document type"
        case .notWellFormed(let line): "the XML is not well-formed at line \(line)"
        }
    }
}

extension XMLTree {
    /// Largest document that is read.
    static let limitBytes = 32 << 20
    /// Most elements within each other.
    static let limitDepth = 64

    /// The root element of a document.
    ///
    /// The parser is Foundation's. Nothing outside the document is fetched; a document type, where entities
    /// could be declared, is refused before it is parsed, also where it stands in quotes.
    package init(parsing data: Data) throws(XMLFault) {
        guard data.count <= Self.limitBytes else {
            throw .tooLarge(bytes: data.count, limit: Self.limitBytes)
        }
        guard var text = String(validating: data, as: UTF8.self) else { throw .encoding }
        if text.unicodeScalars.first == "\u{FEFF}" { text.unicodeScalars.removeFirst() }
        if text.hasPrefix("<?xml"), let end = text.firstRange(of: "?>") {
            let declaration = text[..<end.lowerBound].lowercased()
            guard !declaration.contains("encoding") || declaration.contains("utf-8") else { throw .encoding }
            // Without its declaration a document is UTF-8 whatever it said.
            text.removeSubrange(..<end.upperBound)
        }
        guard !text.contains("<!DOCTYPE") else { throw .documentType }
        // Foundation's parser lets pass what follows the root element; within an element of ours nothing does.
        let builder = XMLTreeBuilder(limitDepth: Self.limitDepth + 1)
        let parser = XMLParser(data: Data("<document>\(text)</document>".utf8))
        parser.shouldResolveExternalEntities = false
        parser.delegate = builder
        let isWellFormed = parser.parse() && !builder.isMalformed
        if builder.isTooDeep { throw .tooDeep(limit: Self.limitDepth) }
        guard isWellFormed, let document = builder.root, document.children.count == 1,
            document.text.allSatisfy(\.isWhitespace)
        else { throw .notWellFormed(line: parser.lineNumber) }
        self = document.children[0]
    }
}

/// The parser's events to a tree.
private final class XMLTreeBuilder: NSObject, XMLParserDelegate {
    private(set) var root: XMLTree?
    private(set) var isTooDeep = false
    /// There was an error, or a second root.
    private(set) var isMalformed = false
    private let limitDepth: Int
    /// The elements that are not closed yet, the root's first.
    private var open: [XMLTree] = []

    init(limitDepth: Int) {
        self.limitDepth = limitDepth
    }

    func parser(
        _ parser: XMLParser, didStartElement elementName: String, namespaceURI: String?,
        qualifiedName qName: String?, attributes attributeDict: [String: String]
    ) {
        guard root == nil else {
            isMalformed = true
            return parser.abortParsing()
        }
        guard open.count < limitDepth else {
            isTooDeep = true
            return parser.abortParsing()
        }
        open.append(XMLTree(Self.localName(elementName), attributes: attributeDict))
    }

    func parser(
        _ parser: XMLParser, didEndElement elementName: String, namespaceURI: String?,
        qualifiedName qName: String?
    ) {
        guard let node = open.popLast() else { return }
        if open.isEmpty {
            root = node
        } else {
            open[open.count - 1].children.append(node)
        }
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
        if !open.isEmpty { open[open.count - 1].text += string }
    }

    func parser(_ parser: XMLParser, foundCDATA CDATABlock: Data) {
        if !open.isEmpty { open[open.count - 1].text += String(decoding: CDATABlock, as: UTF8.self) }
    }

    func parser(_ parser: XMLParser, parseErrorOccurred parseError: any Error) {
        isMalformed = true
    }

    private static func localName(_ name: String) -> String {
        name.split(separator: ":").last.map(String.init) ?? name
    }
}
