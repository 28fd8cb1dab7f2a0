import Concurrency
import Models
import Synchronization
import Text

/// Quotes the first sentence of each passage, piece by piece; what rests on no passages it answers in three pieces.
struct QuotingGenerator: Generator {
    let name = "quoting"

    func generate(_ request: GenerationRequest) -> PulledSequence<GenerationEvent> {
        var events: [GenerationEvent] = []
        for passage in request.grounding?.passages ?? [] {
            let sentence = Sentence.all(of: passage.text).first?.text ?? ""
            events += sentence.split(separator: " ").map { .text($0 + " ") }
            events.append(.text("[\(passage.marker)] "))
        }
        if request.grounding == nil { events = [.text("One "), .text("two "), .text("three.")] }
        events += [.usage(TokenUsage(inputTokens: 1, outputTokens: 2)), .finished(.complete)]
        return PulledSequence(events)
    }
}
