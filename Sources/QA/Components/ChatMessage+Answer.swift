import Components
import Corpus

extension ChatMessage {
    /// An answer as a message, with what its markers stand for.
    public init(_ answer: Answer) {
        self.init(
            answer.text, role: .assistant, name: "AI",
            citations: answer.citations.map { citation in
                let passage = citation.passage
                return Citation(
                    number: citation.marker, title: passage.chunk.title,
                    url: passage.chunk.url, passage: passage.chunk.id,
                    quote: passage.chunk.quote(Array(citation.quotes.prefix(1))) ?? passage.chunk.text)
            }, withheld: answer.withheld)
    }
}
