/// Why somebody who came back from the issuer is not signed in. Each is a word for the page, and a reason for the log.
public enum SignInFault: Error, Hashable, Sendable {
    /// The issuer says that they, or it, did not want to.
    case denied(reason: String)
    /// It took longer than ten minutes, or began in another browser.
    case expired
    /// The issuer or its answer is not in order.
    case failed(reason: String)

    /// For the page's address.
    public var word: String {
        switch self {
        case .denied: "denied"
        case .expired: "expired"
        case .failed: "failed"
        }
    }
}

extension SignInFault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .denied(let reason): "the issuer refused to sign somebody in: \(reason)"
        case .expired: "somebody came back from the issuer too late, or with another browser"
        case .failed(let reason): "signing in failed: \(reason)"
        }
    }
}
