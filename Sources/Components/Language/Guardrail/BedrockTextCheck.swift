import Models
import Transport

/// A guardrail of Bedrock that looks at texts without a model (ApplyGuardrail).
public struct BedrockTextCheck: TextCheck {
    private let guardrail: BedrockGuardrail

    public init(_ guardrail: BedrockGuardrail) {
        self.guardrail = guardrail
    }

    /// - Throws: `BedrockError`.
    public func verdict(on text: String, from side: TextSide) async throws -> TextVerdict {
        // There is nothing to look for, and Bedrock takes no empty text.
        guard !text.allSatisfy(\.isWhitespace) else { return .passed }
        switch try await guardrail.judge(text, at: side == .question ? .question : .answer) {
        case .passed: return .passed
        case .masked(let masked, let intervention): return .masked(masked, intervention)
        case .blocked(let words, let intervention): return .refused(words: words, intervention)
        }
    }
}
