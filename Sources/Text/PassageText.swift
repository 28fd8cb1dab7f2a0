/// What a passage is found by in an index of words, before it is cut into terms.
public struct PassageText: Sendable, Hashable {
    /// The passage's.
    public var id: Int64
    /// Its page's.
    public var title: String
    /// The headings above it, outermost first.
    public var headingPath: [String]
    public var body: String
    /// Its page's, in any order.
    public var labels: [String]
    /// How its page begins, to tell in which language titles and headings are.
    public var pageBeginning: String

    /// Unicode scalars of a page that ``pageBeginning`` has at most.
    public static let beginningLimit = 2_000

    /// - Parameter page: the page's text, or its beginning.
    public init(
        id: Int64, title: String, headingPath: [String] = [], body: String, labels: [String] = [],
        page: String
    ) {
        self.id = id
        self.title = title
        self.headingPath = headingPath
        self.body = body
        self.labels = labels
        pageBeginning = String(String.UnicodeScalarView(page.unicodeScalars.prefix(Self.beginningLimit)))
    }

    /// Of a chunk that was stored as `id`.
    public init(id: Int64, _ chunk: Chunk, title: String, labels: [String], page: String) {
        self.init(
            id: id, title: title, headingPath: chunk.headingPath, body: chunk.text, labels: labels, page: page
        )
    }
}
