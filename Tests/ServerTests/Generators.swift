import Concurrency
import Models
import Synchronization
import Text

/// Quotes the first sentence of each passage, piece by piece.
struct QuotingGenerator: Generator {
    let name = "quoting"

    func generate(_ prompt: GroundedPrompt) -> AsyncThrowingStream<GenerationEvent, any Error> {
        AsyncThrowingStream { continuation in
            for passage in prompt.passages {
                let sentence = Sentence.all(of: passage.text).first?.text ?? ""
                for word in sentence.split(separator: " ") { continuation.yield(.text(word + " ")) }
                continuation.yield(.text("[\(passage.marker)] "))
            }
            continuation.yield(.finished(.complete, inputTokens: 1, outputTokens: 2))
            continuation.finish()
        }
    }
}

/// Writes a word every ten milliseconds and never ends by itself; tells when it was made to.
final class EndlessGenerator: Generator {
    let name = "endless"
    private let ended = Mutex(0)

    /// How many of its streams were given up.
    var endedCount: Int { ended.withLock { $0 } }

    func generate(_ prompt: GroundedPrompt) -> AsyncThrowingStream<GenerationEvent, any Error> {
        AsyncThrowingStream { continuation in
            let task = Task {
                while !Task.isCancelled {
                    continuation.yield(.text("on "))
                    try? await Task.sleep(for: .milliseconds(10))
                }
            }
            continuation.onTermination = { [self] _ in
                task.cancel()
                ended.withLock { $0 += 1 }
            }
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

    func generate(_ prompt: GroundedPrompt) -> AsyncThrowingStream<GenerationEvent, any Error> {
        AsyncThrowingStream { continuation in
            continuation.yield(.text("Deploys "))
            continuation.finish(throwing: Refusal(isRetryable: isRetryable))
        }
    }
}
