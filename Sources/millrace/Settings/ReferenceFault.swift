import AWSServices
import Transport

/// Why there is no new value for a setting that stands for one elsewhere.
struct ReferenceFault: Error, Sendable, Equatable {
    /// The setting's.
    var key: String
    /// The same as long as the reason is the same, whatever AWS's id of the request.
    var sort: String
    var error: ConfigurationError
}

extension AWSValueResolver.Fault {
    /// What it comes to, without what differs from one request to the next.
    var sort: String {
        switch self {
        case .aws(_, let error): error.code ?? (error.requestID == nil ? "\(error)" : "no answer of use")
        case .notJSON: "not JSON"
        case .noSuchKey: "no such key"
        }
    }
}
