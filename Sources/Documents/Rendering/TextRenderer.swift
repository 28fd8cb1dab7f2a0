/// Renders blocks as plain text that is made to be found, embedded and quoted.
///
/// | block | text |
/// |---|---|
/// | heading | a line; opens a section unless it stands in a panel, a quote, a list or a table |
/// | paragraph | its text; paragraphs are parted by an empty line |
/// | list | `- ` or `1. `, tasks `- [x] ` and `- [ ] `; inner lists are indented |
/// | table | one line a row, `cell \| cell`; the header row on top is every row's lead |
/// | table of keys | `Key: value`, when there are two columns and the left one is a header |
/// | facts, definitions | `Key: value` |
/// | code | verbatim, title and language on a line above, which is also its lead |
/// | panel | `Warning: ` and its title, then the body |
/// | fold, excerpt | the title, then the body |
/// | image, diagram | `Image: alternative – caption (file name)` |
/// | include | the other page's title |
/// | link, mention, status | what a reader sees |
/// | what is struck out | nothing; a heading says that it is |
public struct TextRenderer: Sendable {
    /// Names the people that a body mentions.
    public var references: any ReferenceResolver
    /// How the site names the places that a link can open a page at.
    public var anchors = AnchorStyle.cloud

    public init(references: any ReferenceResolver = NoReferences()) {
        self.references = references
    }

    /// - Parameter title: the page's; a heading on top that only says it again is no section of the page.
    /// - Returns: text whose sections begin with the part before the first heading.
    public func render(_ blocks: [Block], title: String) -> RenderedText {
        var writer = TextWriter(inlineText: InlineText(references: references), title: title)
        writer.anchors = HeadingAnchors(style: anchors, title: title)
        writer.write(blocks, TextWriter.Place())
        return writer.finish()
    }
}
