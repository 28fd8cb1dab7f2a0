import AWSServices
import Transport

/// What came of a call, whichever of the clients' errors tells it.
enum FaultOutcome: Sendable, Equatable {
    case success
    case throttled, unavailable, expired
    /// The exchange broke off.
    case broken
    /// Nothing came for too long.
    case silent
    /// What came is not what the service sent.
    case damaged
    /// It was sent elsewhere, where nothing that is signed goes.
    case redirected
    /// An error that none of the clients documents for this, a hang that was ended among them.
    case other(String)

    init(_ error: any Error) {
        switch error {
        case let error as AWSError: self.init(error)
        case let error as BedrockError: self.init(error)
        case let error as OpenSearchError: self.init(error)
        case SageMakerError.aws(let error): self.init(error)
        case SageMakerError.unexpectedAnswer, SageMakerError.brokenStream: self = .damaged
        default: self = .other("\(type(of: error)): \(error)")
        }
    }

    private init(_ error: AWSError) {
        switch (error, error.kind) {
        case (.refused(let refusal), _) where (300..<400).contains(refusal.status): self = .redirected
        case (_, .throttled): self = .throttled
        case (_, .unavailable): self = .unavailable
        case (_, .expiredCredentials): self = .expired
        case (.unexpectedResponse, _), (.damagedStream, _), (.damagedObject, _): self = .damaged
        case (.transport(let error), _): self.init(error)
        default: self = .other("\(error)")
        }
    }

    private init(_ error: BedrockError) {
        switch error {
        case .throttled: self = .throttled
        case .unavailable: self = .unavailable
        case .credentialsExpired: self = .expired
        case .unexpectedResponse, .damagedStream: self = .damaged
        case .transport(let error): self.init(error)
        case .notSent(let error): self.init(error)
        case .unknown(let details) where (300..<400).contains(details.status): self = .redirected
        default: self = .other("\(error)")
        }
    }

    private init(_ error: OpenSearchError) {
        switch error {
        case .throttled: self = .throttled
        case .unavailable: self = .unavailable
        case .timedOut: self = .silent
        case .unexpectedResponse: self = .damaged
        case .transport(let error): self.init(error)
        case .aws(let error): self.init(error)
        default: self = .other("\(error)")
        }
    }

    private init(_ error: TransportError) {
        switch error {
        case .timedOut: self = .silent
        case .protocolError: self = .broken
        default: self = .other("\(error)")
        }
    }
}
