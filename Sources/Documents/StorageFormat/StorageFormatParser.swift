/// Turns Confluence's storage format into blocks.
///
/// A value without state: many pages may be parsed at once. The steps are ``StorageFormatScanner`` (when that
/// leaves the page: ``StorageFormatCleaning`` → libxml2 → ``StorageFormatRepair`` → libxml2, as far as the page
/// is not well-formed) → ``StorageFormatBuilder``. Time and memory are linear in the page's length. Nothing is
/// fetched, no entity is expanded, and no page is refused for its markup.
public struct StorageFormatParser: Sendable {
    /// How much of one page is taken in.
    public var limits: StorageFormatLimits

    public init(limits: StorageFormatLimits = StorageFormatLimits()) {
        self.limits = limits
    }

    /// - Parameter source: a fragment of storage format, or a whole document in it.
    /// - Throws: ``DocumentsError/storageFormat(_:)`` when the page is longer than the limit.
    public func parse(_ source: String) throws(DocumentsError) -> ParsedPage {
        let byteCount = source.utf8.count
        guard byteCount <= limits.maxBytes else {
            let refusal = StorageFormatRefusal.documentTooLarge(
                byteCount: byteCount, limitBytes: limits.maxBytes)
            throw .storageFormat(refusal)
        }
        let (tree, warnings) = try tree(of: source)
        return page(of: tree, warnings: warnings)
    }

    /// - Parameter events: of a page in another format, which a reader of that format has recorded.
    /// - Throws: ``DocumentsError/storageFormat(_:)`` when the page is longer than the limit.
    public func parse(_ events: TreeEvents) throws(DocumentsError) -> ParsedPage {
        guard events.byteCount <= limits.maxBytes else {
            throw .storageFormat(
                .documentTooLarge(byteCount: events.byteCount, limitBytes: limits.maxBytes))
        }
        // Wiki markup can open a macro in a cell and never close it. What is not well-formed is repaired, and
        // there is one place that repairs.
        guard events.isWellFormed else { return try parse(events.storageFormat) }
        var tree = emptyTree(byteCount: events.byteCount)
        events.send(to: &tree)
        return page(of: tree)
    }

    /// The blocks of a tree that is complete.
    func page(of tree: StorageFormatTree, warnings: [ParseWarning] = []) -> ParsedPage {
        var warnings = warnings
        if tree.isDepthCut { warnings.append(.depthCut(limit: limits.maxDepth)) }
        if tree.isElementCountCut { warnings.append(.elementCountCut(limit: limits.maxElementCount)) }
        var builder = StorageFormatBuilder(tree)
        let blocks = builder.page()
        var page = ParsedPage(
            blocks: blocks, warnings: warnings + builder.unknownMacros.map { .unknownMacro(name: $0) })
        page.sentenceExcerpts = builder.sentenceExcerpts
        return page
    }

    func tree(of source: String) throws(DocumentsError) -> (StorageFormatTree, [ParseWarning]) {
        let empty = emptyTree(byteCount: source.utf8.count)
        if let tree = StorageFormatScanner.scan(source, into: empty) { return (tree, []) }
        return try cleanedTree(of: source)
    }

    /// The long way, for a page that ``StorageFormatScanner`` left.
    func cleanedTree(of source: String) throws(DocumentsError) -> (StorageFormatTree, [ParseWarning]) {
        let cleaning = StorageFormatCleaning(source)
        var warnings: [ParseWarning] = []
        if cleaning.hasTooManyAttributes {
            warnings.append(.tooManyAttributes)
        } else {
            var tree = emptyTree(byteCount: cleaning.output.count)
            switch StorageFormatXML.parse(cleaning.output, into: &tree, recovers: false) {
            case .complete: return (tree, [])
            case .defective(let defect):
                warnings.append(.repairedMarkup(line: defect.line, code: Int(defect.code)))
            case .outOfMemory: throw .storageFormat(.outOfMemory)
            }
        }
        let repaired = StorageFormatRepair(cleaning.output).output
        var tree = emptyTree(byteCount: repaired.count)
        // What is repaired is well-formed; should libxml2 ever see it otherwise, it saves what it can.
        if StorageFormatXML.parse(repaired, into: &tree, recovers: true) == .outOfMemory {
            throw .storageFormat(.outOfMemory)
        }
        return (tree, warnings)
    }

    func emptyTree(byteCount: Int) -> StorageFormatTree {
        StorageFormatTree(
            byteCount: byteCount, maxDepth: limits.maxDepth, maxElementCount: limits.maxElementCount)
    }
}
