/// How far a page came on the way to an answer, and by how much it fell short where it was lost.
public struct PageJourney: Sendable, Hashable, Codable {
    /// Where a page may be lost, in order.
    public enum Stage: String, Sendable, Codable, CaseIterable {
        /// The asking person may not read it.
        case rights
        /// It has passages of the present embedding model.
        case passages
        case words
        case meaning
        case fusion
        case floor
        /// It is among the passages that the answer may rest on.
        case prompt
        /// It answers.
        case writer
        /// It was not lost: the answer cites it.
        case cited
    }

    /// A place in a ranking.
    public struct Place: Sendable, Hashable, Codable {
        /// 1-based.
        public var rank: Int
        public var score: Double
        /// What the best passage of all pages has.
        public var best: Double
        public var count: Int
    }

    public var page: String
    public var id: String
    /// Where it was lost; ``Stage/cited`` if it was not. Missing words or meaning alone lose nothing.
    public var lostAt: Stage
    public var passages = 0
    /// By the share of the question's words; `nil` if it has none of them.
    public var words: Place?
    /// By similarity; `nil` if it is not among the nearest thousand.
    public var meaning: Place?
    /// Before the floor.
    public var fusion: Place?
    /// What a score had to reach.
    public var floor: Double?
    /// Passages that were given to the writer, of all pages.
    public var given = 0
    /// The writer's best unit of this page and how likely it answers; `nil` if none was read.
    public var statement: String?
    public var probability: Double?
    public var requiredConfidence: Double?
    /// The pages that the answer cites.
    public var cited: [String] = []
}
