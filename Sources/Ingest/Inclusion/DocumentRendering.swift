import Corpus
import Documents
import Sourcing

/// A document's text, and what else its body says.
struct DocumentRendering {
    var page: RenderedText
    var warnings: [String] = []
    /// What it was rendered from, if others may include it.
    var origin: PageOrigin?
    var inclusions: [Inclusion] = []
}

extension DocumentPreparation {
    /// Parses a body, takes in the pages that it includes, and renders the whole.
    func render(_ source: SourceDocument) async throws(DocumentsError) -> DocumentRendering {
        let pages = StoredPages(store: store)
        while true {
            let rendering = try Self.render(source, pages)
            if await !pages.lookUpMissed() { return rendering }
        }
    }

    private static func render(
        _ source: SourceDocument, _ pages: StoredPages
    ) throws(DocumentsError) -> DocumentRendering {
        guard let body = PageBody(source) else {
            guard case .plain(let text) = source.body else { return DocumentRendering(page: .empty) }
            let names = [source.document.title, source.document.id]
            return DocumentRendering(page: PlainTextRenderer.render(text, names: names))
        }
        let document = source.document
        var expansion = IncludeExpansion(resolver: pages, readers: document.readers)
        let page = try body.parse { expansion.mayShow($0) }
        var names = KnownNames(first: source.references, names: page.names)
        var blocks = page.blocks
        if blocks.hasInclude {
            blocks = expansion.expand(blocks, ofDocument: document.id, spaceKey: document.spaceKey)
            names.names.merge(expansion.names) { known, _ in known }
        }
        // Kept of what others can include, and of what must be rendered anew when an included page changes.
        let isKept = document.kind == .page || document.kind == .blogPost || !expansion.inclusions.isEmpty
        let mentioned = names.all(of: page.blocks + page.sentenceExcerpts)
        var renderer = TextRenderer(references: names)
        renderer.anchors = source.anchors
        return DocumentRendering(
            page: renderer.render(blocks, title: document.title), warnings: page.warnings.map { "\($0)" },
            origin: isKept ? body.origin(names: mentioned) : nil, inclusions: expansion.inclusions)
    }
}
