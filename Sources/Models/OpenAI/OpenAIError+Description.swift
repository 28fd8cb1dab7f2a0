extension OpenAIError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unauthorized(let details):
            text(
                details, "The server knows no such key",
                "Check the key, that it belongs to this server, and whether it goes in another header.")
        case .denied(let details):
            text(
                details, "The key may not do this",
                "Give it the right to, or take a key that may use the model.")
        case .modelNotFound(let details):
            text(
                details, "The server has no such model",
                "Check its name against the server's list (GET /models below the base URL), or load it there."
            )
        case .pathNotFound(let details):
            text(
                details, "The server has nothing at this path",
                "Check the base URL: most end with /v1; the reranking of TEI lies at the server's root.")
        case .contextTooLong(let details, let length):
            text(details, length.description, length.advice)
        case .rateLimited(let details, let retryAfter):
            text(
                details, "The server is asked too much",
                retryAfter.map {
                    "It wants to be left alone for \($0 / .seconds(1)) s; send fewer at a time."
                }
                    ?? "Wait, or send fewer at a time.")
        case .quotaExceeded(let details):
            text(
                details, "What the account may use is used up",
                "Look at its plan and credit with the provider; waiting does not help.")
        case .invalidRequest(let details):
            text(
                details, "The server refused the request",
                "Check what this server and this model take, and the settings for servers that differ.")
        case .filtered(let details):
            text(
                details, "A filter of the provider refused the request",
                "Ask in other words, or leave out the passage that it objects to.")
        case .unavailable(let details):
            text(details, "The server failed", "A retry can help; the server's log tells more.")
        case .unexpectedResponse(let details):
            text(
                details, "The answer is not as OpenAI's interface has it",
                "Check the base URL, and that the server offers this interface.")
        case .brokenStream(let details):
            text(
                details, "The streamed answer broke off",
                "A retry can help; a proxy's time limit may be the cause.")
        case .noKey(let details, _):
            text(details, "The key could not be got", "Check where it is kept.")
        case .transport(let error, let operation, let model):
            "\(error) (\(operation) \(model))"
        }
    }

    private func text(_ details: Details, _ what: String, _ advice: String) -> String {
        var facts = "\(details.operation) \(details.model)"
        if details.status > 0 { facts += ", status \(details.status)" }
        if !details.code.isEmpty { facts += " \(details.code)" }
        if !details.requestID.isEmpty { facts += ", request id \(details.requestID)" }
        let message = details.message.isEmpty ? "." : ": \(details.message)"
        let end = message.last.map { ".!?…".contains($0) } == true ? "" : "."
        return "\(what) (\(facts))\(message)\(end) \(advice)"
    }
}

extension OpenAIError.Length {
    fileprivate var description: String {
        let what = offset.map { "Text \($0) of the batch" } ?? "What was sent"
        switch (tokens, limit) {
        case (let tokens?, let limit?): return "\(what) has \(tokens) tokens; the model takes \(limit)"
        case (let tokens?, nil): return "\(what) has \(tokens) tokens, more than the model takes"
        case (nil, let limit?): return "\(what) has more than the \(limit) tokens that the model takes"
        case (nil, nil): return "\(what) is longer than the model takes"
        }
    }

    fileprivate var advice: String {
        offset == nil
            ? "Ask with fewer or shorter passages or for a shorter answer, or give the model a larger context."
            : "Make the chunks shorter, or give the model a larger context."
    }
}
