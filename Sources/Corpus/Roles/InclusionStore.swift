/// Pages within pages, and what that means for who may read them.
///
/// What always holds in a store: if the text of page A may hold content of page B, then whoever may search A's
/// chunks may read B.
public protocol InclusionStore: Sendable {
    /// The page or blog post of that title, if its source is kept. Titles are compared as Confluence does,
    /// without regard to case.
    func includablePage(title: String, spaceKey: String) async throws(CorpusError) -> IncludablePage?

    /// The page or blog post of that id, if its source is kept.
    func includablePage(id: String) async throws(CorpusError) -> IncludablePage?

    /// A stored document, with its own readers, and what it was rendered from.
    func documentWithOrigin(id: String) async throws(CorpusError) -> (Document, PageOrigin)?

    /// Documents whose text would come out otherwise now: a page that they include changed, came, went, or
    /// is readable by others than it was.
    func documentsWithStaleInclusions() async throws(CorpusError) -> [String]

    /// Notes what a document includes when its text came out the same.
    func setInclusions(
        _ inclusions: [Inclusion], readers: AccessRule, ofDocument id: String
    ) async throws(CorpusError)
}
