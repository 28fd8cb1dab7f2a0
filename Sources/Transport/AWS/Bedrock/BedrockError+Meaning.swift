extension BedrockError {
    /// The case for AWS's error type, or for the status where AWS names none.
    init(_ details: Details) {
        self =
            switch details.code {
            case "ThrottlingException", "TooManyRequestsException": .throttled(details)
            case "ServiceQuotaExceededException": .quotaExceeded(details)
            case "ValidationException":
                if details.isAboutLength {
                    .contextTooLong(details)
                } else if details.says(["model identifier is invalid"]) {
                    .modelNotFound(details)
                } else {
                    .validation(details)
                }
            case "AccessDeniedException": Self.denial(details)
            case "UnrecognizedClientException", "InvalidSignatureException",
                "IncompleteSignatureException", "MissingAuthenticationTokenException":
                .credentialsRefused(details)
            case "ExpiredTokenException", "ExpiredToken": .credentialsExpired(details)
            case "ResourceNotFoundException":
                details.isAboutModelAccess ? .modelNotEnabled(details) : .modelNotFound(details)
            case "ModelNotReadyException": .modelNotReady(details)
            // AWS says of it that the request took too long, which is not the prompt's length.
            case "ModelTimeoutException": .modelFailed(details)
            case "ModelErrorException", "ModelStreamErrorException":
                details.isAboutLength ? .contextTooLong(details) : .modelFailed(details)
            case "InternalServerException", "ServiceUnavailableException": .unavailable(details)
            default: Self.byStatus(details)
            }
    }

    private static func byStatus(_ details: Details) -> BedrockError {
        switch details.status {
        case 401, 403: denial(details)
        case 429: .throttled(details)
        case 500...599: .unavailable(details)
        default: .unknown(details)
        }
    }

    /// Of a model, of a key that is none, or of a right.
    private static func denial(_ details: Details) -> BedrockError {
        if details.isAboutModelAccess { return .modelNotEnabled(details) }
        return details.says(["api key", "bearer token"])
            ? .credentialsRefused(details) : .accessDenied(details)
    }

    /// What the core says, in Bedrock's terms.
    package init(_ error: AWSError, modelID: String) {
        switch error {
        case .refused(let refusal):
            let details = Details(
                operation: refusal.operation, modelID: modelID, status: refusal.status,
                code: refusal.code, message: refusal.messageWithModels, requestID: refusal.requestID)
            if refusal.isScopedElsewhere { self = .wrongRegion(details) } else { self.init(details) }
        case .unexpectedResponse(_, let operation, let reason, let requestID):
            self = .unexpectedResponse(operation: operation, reason: reason, requestID: requestID)
        case .damagedStream(let error, _, _, let requestID):
            self = .damagedStream(error, requestID: requestID)
        case .transport(let error): self = .transport(error)
        // Bedrock gives no objects.
        case .damagedObject(_, _, let requestID):
            self = .unexpectedResponse(
                operation: "GetObject", reason: error.description, requestID: requestID)
        case .invalidOperation, .noEndpoint, .missingCredentials, .noCredentials, .credentialsFailed,
            .invalidSettings:
            self = .notSent(error)
        }
    }
}

extension AWSError.Refusal {
    /// AWS's words, and behind them what the model's provider said, where Bedrock hands that on.
    fileprivate var messageWithModels: String {
        guard let told = details["OriginalMessage"], !told.isEmpty, !message.contains(told) else {
            return message
        }
        return AWSRefusalText.shortened(message.isEmpty ? told : "\(message) The model: \(told)")
    }
}

extension BedrockError.Details {
    /// What a policy has to allow, as IAM calls it: Converse needs `bedrock:InvokeModel`.
    var action: String { AWSError.Refusal.action(of: operation, BedrockRuntime.description.endpointPrefix) }

    /// - Parameter words: in small letters.
    fileprivate func says(_ words: [String]) -> Bool {
        let message = message.lowercased()
        return words.contains(where: message.contains)
    }

    /// The account, and not the keys' rights, is what the model is closed to. For some models that is a contract of
    /// the Marketplace or a form of the provider's that is missing.
    fileprivate var isAboutModelAccess: Bool {
        says([
            "access to the model", "access to this model", "model access is denied", "aws-marketplace:",
            "use case details", "marked by provider as legacy",
        ])
    }

    /// Whether the prompt is too long: each provider words it in its own way, and Bedrock passes that on.
    fileprivate var isAboutLength: Bool {
        // Anthropic, Meta, Mistral and most; then Amazon's Titan and Nova, Cohere, AI21.
        let isSaid = says([
            "too long", "maximum context", "context length", "context window", "context limit",
            "reduce the length of", "too many input tokens", "input tokens exceed", "input token count",
            "too many tokens", "prompt length",
        ])
        return isSaid || isTextBeyondSchema
    }

    /// The schema of a model's request limits its texts by characters; it names the place, unless that is the only one.
    private var isTextBeyondSchema: Bool {
        guard says(["expected maxlength"]) else { return false }
        return !message.contains("#/") || says(["#/texts", "#/inputtext", "#/prompt", "#/message"])
    }
}
