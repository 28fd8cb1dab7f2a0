import Foundation
import Transport

extension OpenAIError {
    /// What a refusal means, by its code or type where there is one that is known, then by words that servers
    /// have in common, then by its status.
    ///
    /// - Parameter details: with the answer's status; 200 for what came in the middle of a stream.
    init(_ refusal: OpenAIRefusal, _ details: Details, retryAfter: Duration?) {
        let meaning = Meaning(refusal, status: details.status)
        self =
            switch meaning {
            case .quota: .quotaExceeded(details)
            case .length:
                .contextTooLong(details, Length(tokens: refusal.tokens, limit: refusal.limit))
            case .filter: .filtered(details)
            case .model: .modelNotFound(details)
            case .key: .unauthorized(details)
            case .right: .denied(details)
            case .path: .pathNotFound(details)
            case .rate: .rateLimited(details, retryAfter: retryAfter)
            case .request: .invalidRequest(details)
            case .fault: .unavailable(details)
            case .other: .unexpectedResponse(details)
            }
    }

    fileprivate enum Meaning {
        case quota, length, filter, model, key, right, path, rate, request, fault, other

        init(_ refusal: OpenAIRefusal, status: Int) {
            let status = (200..<300).contains(status) ? refusal.status ?? status : status
            let named = Self.named(refusal.names)
            // Some servers tell of a text that is too long as of a fault of their own.
            if let named, named != .fault {
                self = named
            } else {
                self = Self.worded(refusal.message.lowercased(), status) ?? named ?? Self.status(status)
            }
        }

        private static let codes: [String: Meaning] = [
            "insufficient_quota": .quota, "billing_hard_limit_reached": .quota, "billing_not_active": .quota,
            "credit_balance_exhausted": .quota, "exceeded_current_quota_error": .quota,
            "context_length_exceeded": .length, "exceed_context_size_error": .length,
            "max_tokens_per_request": .length,
            "content_filter": .filter, "content_policy_violation": .filter, "moderation_blocked": .filter,
            "responsibleaipolicyviolation": .filter,
            "model_not_found": .model, "deploymentnotfound": .model, "invalid_model": .model,
            "invalid_api_key": .key,
            "rate_limit_exceeded": .rate, "rate_limit_error": .rate, "tokens": .rate, "requests": .rate,
            "overloaded": .rate,
            "server_error": .fault, "internal_server_error": .fault, "internalservererror": .fault,
            "api_error": .fault, "overloaded_error": .fault, "service_unavailable": .fault,
            "server_is_overloaded": .fault, "timeout": .fault,
        ]

        private static func named(_ names: Set<String>) -> Meaning? {
            let meanings = names.compactMap { codes[$0] }
            // OpenAI tells a used-up account under the status and type of many calls.
            return [.quota, .length, .filter, .model, .key].first(where: meanings.contains) ?? meanings.first
        }

        private static func worded(_ message: String, _ status: Int) -> Meaning? {
            guard status != 401, status != 402, status != 429 else { return nil }
            if lengthWords.contains(where: message.contains) { return .length }
            guard status == 400 || status == 403 || status == 404 else { return nil }
            if ["api key", "api_key"].contains(where: message.contains),
                ["invalid", "incorrect", "not valid", "missing"].contains(where: message.contains)
            {
                return .key
            }
            let isAboutModel = message.contains("model") || message.contains("deployment")
            let isAbsent = ["not found", "not exist", "invalid model", "unknown model", "no such model"]
                .contains(where: message.contains)
            return isAboutModel && isAbsent ? .model : nil
        }

        private static let lengthWords = [
            "context length", "context window", "context size", "maximum context", "too many tokens",
            "too many input tokens", "tokens per request", "input is too long", "prompt is too long",
            "too large to process", "maximum input length", "must have less than",
        ]

        private static func status(_ status: Int) -> Meaning {
            switch status {
            case 401: .key
            case 402: .quota
            case 403: .right
            case 404, 405: .path
            case 408, 424, 500...599: .fault
            case 413: .length
            case 429: .rate
            case 400..<500: .request
            // What a server tells in the middle of its answer is that it cannot go on.
            case 200..<300: .fault
            default: .other
            }
        }
    }

    /// Whether a refusal says of itself that waiting does not help: some come under a status that usually
    /// means “later”.
    fileprivate static func isFinal(_ refusal: OpenAIRefusal, status: Int) -> Bool {
        [.quota, .length, .filter, .model, .key].contains(Meaning(refusal, status: status))
    }
}

extension RetryClassification {
    /// A used-up account or a text that is too long is no reason to try again, whatever the status; servers
    /// that know better than their status say so in `x-should-retry`.
    static let openAI = RetryClassification(
        readsRefusals: true,
        meansNever: { head, body in
            guard head.status >= 400 else { return false }
            if head["x-should-retry"] == "false" { return true }
            return OpenAIError.isFinal(OpenAIRefusal(body: body ?? Data()), status: head.status)
        },
        meansLater: { head, _ in head.status >= 400 && head["x-should-retry"] == "true" })
}
