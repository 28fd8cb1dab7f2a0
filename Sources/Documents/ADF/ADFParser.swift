/// Turns Atlassian Document Format, the JSON of Confluence Cloud's editor, into blocks.
///
/// Its nodes go into the tree as the elements of storage format that say the same (``ADFStorage``), so that one
/// builder gives both formats the same blocks. A node that is not known renders what it holds. Time and
/// memory are linear in the length.
public struct ADFParser: Sendable {
    /// How much of one page is taken in.
    public var limits: StorageFormatLimits

    public init(limits: StorageFormatLimits = StorageFormatLimits()) {
        self.limits = limits
    }

    /// Whether a body is written in this format rather than in storage format, by how it begins: as an object
    /// of JSON does.
    public static func canRead(_ source: String) -> Bool {
        var first = source.unicodeScalars.lazy.filter { $0.value > 0x20 && $0 != "\u{FEFF}" }.makeIterator()
        return first.next() == "{" && first.next() == "\""
    }

    /// - Parameter source: the document, or an answer of Confluence's REST API that holds it.
    /// - Throws: ``DocumentsError/documentFormat(_:)`` for what is longer than the limit, no JSON, or no
    ///   document.
    public func parse(_ source: String) throws(DocumentsError) -> ParsedPage {
        let byteCount = source.utf8.count
        guard byteCount <= limits.maxBytes else {
            throw .storageFormat(.documentTooLarge(byteCount: byteCount, limitBytes: limits.maxBytes))
        }
        // An object and the array of its content for each level, with room for marks and attributes.
        var reader = ADFReader(source, maxDepth: 2 * limits.maxDepth + 8)
        let document: ADFValue
        do {
            document = try Self.document(in: reader.read(), maxDepth: 2 * limits.maxDepth + 8)
        } catch {
            throw .documentFormat(.notJSON(byteOffset: error.byteOffset, expected: error.expected))
        }
        guard case .array? = document["content"] else { throw .documentFormat(.notADocument) }
        let parser = StorageFormatParser(limits: limits)
        var storage = ADFStorage(into: parser.emptyTree(byteCount: byteCount), parser: parser)
        storage.write(document)
        if let failure = storage.failure { throw failure }
        var page = parser.page(of: storage.tree, warnings: storage.warnings)
        page.names = storage.names
        if reader.isDepthCut, !page.warnings.contains(.depthCut(limit: limits.maxDepth)) {
            page.warnings.insert(.depthCut(limit: limits.maxDepth), at: 0)
        }
        return page
    }

    /// The document itself: as it stands, as a string of JSON, or within an answer of the REST API.
    private static func document(
        in value: ADFValue, maxDepth: Int
    ) throws(ADFReader.Malformed) -> ADFValue {
        if let body = value["body"] {
            let inner = body["atlas_doc_format"] ?? body
            return try document(in: inner["value"] ?? inner, maxDepth: maxDepth)
        }
        if let inner = value["atlas_doc_format"] {
            return try document(in: inner["value"] ?? inner, maxDepth: maxDepth)
        }
        if case .string(let text) = value {
            var reader = ADFReader(text, maxDepth: maxDepth)
            return try reader.read()
        }
        return value
    }
}

/// Why a body in Atlassian Document Format was not parsed.
public enum DocumentFormatRefusal: Hashable, Sendable {
    case notJSON(byteOffset: Int, expected: String)
    /// JSON, but there is no `content`.
    case notADocument
}

extension DocumentFormatRefusal: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notJSON(let byteOffset, let expected):
            """
            The body begins like Atlassian Document Format but is no JSON: at byte \(byteOffset) \
            \(expected) is expected. Fetch the page again, or ask for its storage format.
            """
        case .notADocument:
            """
            The body is JSON but no Atlassian Document Format: there is no array “content”. Ask for \
            body-format=atlas_doc_format or storage.
            """
        }
    }
}
