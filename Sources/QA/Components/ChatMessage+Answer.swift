import Components
import Corpus

extension ChatMessage {
    /// An answer as a message, with what its markers stand for.
    public init(_ answer: Answer) {
        self.init(
            answer.text, role: .assistant, name: "AI",
            citations: answer.citations.map { citation in
                let passage = citation.passage
                let quote = citation.quotes.first.flatMap { range in
                    String(passage.chunk.text.utf8.dropFirst(range.lowerBound).prefix(range.count))
                }
                return Citation(
                    number: citation.marker, title: passage.chunk.title,
                    url: passage.chunk.url, passage: passage.chunk.id,
                    quote: quote ?? passage.chunk.text)
            })
    }
}
