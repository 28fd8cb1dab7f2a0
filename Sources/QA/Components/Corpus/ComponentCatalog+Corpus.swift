import Components
import Flow

extension ComponentCatalog {
    /// The components by which flows ask the corpus.
    ///
    /// - Parameter ingest: takes texts in; `nil` where flows only read.
    public mutating func addCorpusComponents(_ qa: QuestionAnswering, ingest: TextIngest? = nil) {
        register(CorpusSearch.self, in: .answers) { CorpusSearch(&$0, qa: qa) }
        register(AskCorpus.self, in: .answers) { AskCorpus(&$0, qa: qa) }
        register(IngestTexts.self, in: .answers) { IngestTexts(&$0, ingest: ingest) }
        convert(Answer.self, to: ChatMessage.self) { ChatMessage($0) }
        convert(ChatMessage.self, to: Question.self) { try Question($0.text) }
    }
}
