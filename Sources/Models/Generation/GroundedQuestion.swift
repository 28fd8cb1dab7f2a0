/// A question with the numbered passages that an answer may rest on.
public struct GroundedQuestion: Sendable, Hashable {
    /// One passage. An answer refers to it as `[marker]`.
    public struct Passage: Sendable, Hashable {
        /// 1-based, without gaps.
        public var marker: Int
        public var title: String
        public var headingPath: [String]
        public var text: String

        public init(marker: Int, title: String, headingPath: [String], text: String) {
            self.marker = marker
            self.title = title
            self.headingPath = headingPath
            self.text = text
        }
    }

    public var question: String
    /// Best first.
    public var passages: [Passage]

    public init(question: String, passages: [Passage]) {
        self.question = question
        self.passages = passages
    }
}
