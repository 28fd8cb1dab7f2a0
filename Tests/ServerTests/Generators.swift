import Concurrency
import Models
import Synchronization
import Text

/// Quotes the first sentence of each passage, piece by piece.
struct QuotingGenerator: Generator {
    let name = "quoting"

    func generate(_ request: GenerationRequest) -> PulledSequence<GenerationEvent> {
        var events: [GenerationEvent] = []
        for passage in request.grounding?.passages ?? [] {
            let sentence = Sentence.all(of: passage.text).first?.text ?? ""
            events += sentence.split(separator: " ").map { .text($0 + " ") }
            events.append(.text("[\(passage.marker)] "))
        }
        events += [.usage(TokenUsage(inputTokens: 1, outputTokens: 2)), .finished(.complete)]
        return PulledSequence(events)
    }
}

/// Says the same three pieces whatever it is asked.
struct SpeakingGenerator: Generator {
    let name = "speaking"

    func generate(_ request: GenerationRequest) -> PulledSequence<GenerationEvent> {
        PulledSequence([
            .text("One "), .text("two "), .text("three."),
            .usage(TokenUsage(inputTokens: 1, outputTokens: 3)), .finished(.complete),
        ])
    }
}

/// Writes a word every ten milliseconds and never ends by itself; tells when it was made to.
final class EndlessGenerator: Generator {
    let name = "endless"
    private let ended = Mutex(0)

    /// How many of its streams were given up.
    var endedCount: Int { ended.withLock { $0 } }

    func generate(_ request: GenerationRequest) -> PulledSequence<GenerationEvent> {
        PulledSequence { [self] in
            let reading = Reading(self)
            return { try await reading.next() }
        }
    }

    /// One reading of the answer; its end is that of whoever reads.
    private final class Reading {
        private let generator: EndlessGenerator

        init(_ generator: EndlessGenerator) {
            self.generator = generator
        }

        deinit { generator.ended.withLock { $0 += 1 } }

        func next() async throws -> GenerationEvent? {
            try await Task.sleep(for: .milliseconds(10))
            return .text("on ")
        }
    }
}

/// Writes a word, then fails.
struct FailingGenerator: Generator {
    struct Refusal: RetryableError, CustomStringConvertible {
        var isRetryable: Bool
        var description: String { "the provider at /etc/secret.pem refused" }
    }

    let name = "failing"
    var isRetryable = true

    func generate(_ request: GenerationRequest) -> PulledSequence<GenerationEvent> {
        PulledSequence { [isRetryable] in
            var hasWritten = false
            return {
                if hasWritten { throw Refusal(isRetryable: isRetryable) }
                hasWritten = true
                return .text("Deploys ")
            }
        }
    }
}
