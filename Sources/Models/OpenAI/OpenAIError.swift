import Concurrency
import Transport

/// Why a call to a server of OpenAI's interface failed. What the server said is kept, shortened and without
/// the key; what was sent is not.
public enum OpenAIError: RetryableError, Sendable, Equatable {
    /// What is known of a failed call.
    public struct Details: Sendable, Equatable {
        /// The path below the base URL: `embeddings`, `chat/completions` or `rerank`.
        public var operation: String
        public var model: String
        /// Of HTTP; 200 for what went wrong behind an answer's beginning, 0 where no answer came.
        public var status: Int
        /// The server's own code or type of the error; empty where it names none.
        public var code: String
        /// At most 300 characters of the server's message, or what is wrong with its answer.
        public var message: String
        /// `x-request-id`, which whoever runs the server asks for first; empty where there is none.
        public var requestID: String

        public init(
            operation: String, model: String, status: Int, code: String = "", message: String,
            requestID: String = ""
        ) {
            self.operation = operation
            self.model = model
            self.status = status
            self.code = code
            self.message = message
            self.requestID = requestID
        }
    }

    /// How much too long a text or a conversation is, as far as the server told.
    public struct Length: Sendable, Equatable {
        /// Tokens of what was sent, with those asked for.
        public var tokens: Int?
        /// Tokens that the model takes.
        public var limit: Int?
        /// The place of the text in the batch that was given; `nil` for a conversation.
        public var offset: Int?

        public init(tokens: Int? = nil, limit: Int? = nil, offset: Int? = nil) {
            self.tokens = tokens
            self.limit = limit
            self.offset = offset
        }
    }

    /// There is no key, or the server does not know it.
    case unauthorized(Details)
    /// The key may not do this.
    case denied(Details)
    /// The server has no model of this name, or does not show it to the key.
    case modelNotFound(Details)
    /// The server has nothing at this path: the base URL is another one.
    case pathNotFound(Details)
    /// A text or a conversation has more tokens than the model reads, or a call more than the server takes.
    case contextTooLong(Details, Length)
    /// Too much was asked at a time; `retryAfter` is how long the server asks to be left alone, where it says
    /// so.
    case rateLimited(Details, retryAfter: Duration?)
    /// The account's money or allowance is used up, however long one waits.
    case quotaExceeded(Details)
    /// The server or the model takes no such request.
    case invalidRequest(Details)
    /// A filter of the provider refused what was sent.
    case filtered(Details)
    /// A fault on the server's side.
    case unavailable(Details)
    /// An answer that is not of OpenAI's interface.
    case unexpectedResponse(Details)
    /// A streamed answer that ended before it was whole.
    case brokenStream(Details)
    /// No call was made, for the key could not be got.
    case noKey(Details, isRetryable: Bool)
    /// No answer came, or it broke off.
    case transport(TransportError, operation: String, model: String)

    /// Whether the same call may succeed a little later.
    public var isRetryable: Bool {
        switch self {
        case .rateLimited, .unavailable, .brokenStream: true
        case .unauthorized, .denied, .modelNotFound, .pathNotFound, .contextTooLong, .quotaExceeded,
            .invalidRequest, .filtered, .unexpectedResponse:
            false
        case .noKey(_, let isRetryable): isRetryable
        case .transport(let error, _, _): error.isRetryable
        }
    }

    /// What is known of the call, whatever came of it but ``transport(_:operation:model:)``.
    public var details: Details? {
        switch self {
        case .unauthorized(let details), .denied(let details), .modelNotFound(let details),
            .pathNotFound(let details), .contextTooLong(let details, _), .rateLimited(let details, _),
            .quotaExceeded(let details), .invalidRequest(let details), .filtered(let details),
            .unavailable(let details), .unexpectedResponse(let details), .brokenStream(let details),
            .noKey(let details, _):
            details
        case .transport: nil
        }
    }

    /// Whether less at a time may be taken: a text, or texts, of too many tokens, or too many texts.
    var isAboutSize: Bool {
        switch self {
        case .contextTooLong: true
        case .invalidRequest(let details):
            details.code == "array_above_max_length" || details.message.lowercased().contains("batch size")
        default: false
        }
    }

    /// The same with the place of the text that is too long.
    func at(_ offset: Int) -> OpenAIError {
        guard case .contextTooLong(let details, var length) = self else { return self }
        length.offset = offset
        return .contextTooLong(details, length)
    }
}
