import Corpus

/// How one ``QuestionAnswering`` shares what it works out.
public struct ResultSharing: Sendable {
    public var results: any SharedResults
    /// Tells when what this process finds is what any other would find.
    public var levels: IndexLevels
    /// Names the corpus and every setting that bears on results: processes that differ in either share nothing.
    public var scope: String
    /// How long a claim lasts that nobody renews, as when its process is gone.
    public var claim: Duration
    /// How long a search waits for another process's ranking. Most take no longer than asking for one.
    public var patience: Duration

    public init(
        results: any SharedResults, levels: IndexLevels, scope: String, claim: Duration = .seconds(5),
        patience: Duration = .milliseconds(250)
    ) {
        self.results = results
        self.levels = levels
        self.scope = scope
        self.claim = claim
        self.patience = patience
    }
}
