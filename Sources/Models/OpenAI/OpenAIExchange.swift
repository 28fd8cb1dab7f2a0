import Concurrency
import Foundation
import Transport

/// One call, and what is known of its answer: whatever goes wrong with it is told in these terms.
struct OpenAIExchange: Sendable {
    let operation: String
    let model: String
    /// `nil` before there is an answer.
    var head: HTTPResponseHead?
    /// What must not be shown.
    var secrets: [String] = []
    var readAt = Date.distantPast

    var isSuccess: Bool { (200..<300).contains(head?.status ?? 0) }

    /// What a refusal, or an error in the place of an answer, means.
    func refusal(_ body: Data) -> OpenAIError {
        let refusal = OpenAIRefusal(body: body, hiding: secrets)
        return OpenAIError(
            refusal, details(refusal.message, code: refusal.code),
            retryAfter: RetryPolicy.retryAfter(head?["retry-after"], now: readAt))
    }

    /// - Throws: what an error in the place of the answer means, else ``OpenAIError/unexpectedResponse(_:)``.
    func decode<Answer: Decodable>(
        _ type: Answer.Type, from body: Data, what: String = "the answer"
    ) throws(OpenAIError) -> Answer {
        do {
            return try JSONDecoder().decode(type, from: body)
        } catch {
            if OpenAIRefusal(body: body).isRefusal { throw refusal(body) }
            let isJSON = (try? JSONSerialization.jsonObject(with: body, options: .fragmentsAllowed)) != nil
            throw unexpected(isJSON ? "\(what) is JSON of another shape" : "\(what) is not JSON")
        }
    }

    /// The text is ours: nothing of what was sent or answered.
    func unexpected(_ reason: String) -> OpenAIError { .unexpectedResponse(details(reason)) }

    func broken(_ reason: String) -> OpenAIError { .brokenStream(details(reason)) }

    func failure(_ error: TransportError) -> OpenAIError {
        .transport(error, operation: operation, model: model)
    }

    func noKey(_ error: any Error) -> OpenAIError {
        if error is CancellationError { return failure(.cancelled) }
        return .noKey(
            details(OpenAIRefusal.shown("\(error)", hiding: secrets)),
            isRetryable: (error as? any RetryableError)?.isRetryable ?? false)
    }

    private func details(_ message: String, code: String = "") -> OpenAIError.Details {
        let requestID = head.flatMap { $0["x-request-id"] ?? $0["apim-request-id"] } ?? ""
        return OpenAIError.Details(
            operation: operation, model: model, status: head?.status ?? 0, code: code, message: message,
            requestID: OpenAIRefusal.shown(requestID, hiding: secrets))
    }
}
