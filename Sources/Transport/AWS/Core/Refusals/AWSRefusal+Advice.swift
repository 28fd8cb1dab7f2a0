extension AWSError.Refusal {
    /// The action and the resource that a denial names, for example `s3:GetObject` on an ARN.
    public var denied: (action: String, resource: String?)? {
        guard let words = message.firstRange(of: "not authorized to perform: ") else { return nil }
        let rest = message[words.upperBound...]
        let action = rest.prefix { !$0.isWhitespace && $0 != "," }
        guard !action.isEmpty else { return nil }
        let on = rest.firstRange(of: " on resource: ")
        let resource = on.map { rest[$0.upperBound...].prefix { !$0.isWhitespace && $0 != "," } }
        return (String(action), resource.map { String($0).trimmingQuotes })
    }

    /// What to do about it.
    var advice: String {
        switch kind {
        case .throttled: "Wait, send fewer calls at a time, or ask AWS for a higher quota; a retry can help."
        case .accessDenied:
            if let denied {
                """
                Grant \(denied.action)\(denied.resource.map { " on \($0)" } ?? "") to the keys' owner, in its \
                policy, the resource's and the organization's.
                """
            } else {
                "Grant \(action) to the keys' owner, in its policy and in the resource's."
            }
        case .expiredCredentials: "The temporary keys are over: get new ones (for SSO: aws sso login)."
        case .invalidCredentials:
            """
            Check the access key, its secret and, for temporary keys, their token; that the account has the region \
            enabled; and this machine's clock.
            """
        case .clockSkew where code == "RequestExpired":
            "Set this machine's clock; where it is right, the temporary keys are over: get new ones."
        case .clockSkew: "Set this machine's clock: AWS takes five minutes of difference."
        case .notFound: "Check the name, the account and the region; it may have been deleted."
        case .wrongRegion:
            otherRegion.map { "It lies in \($0): set that region." }
                ?? "Set the region that it, or the endpoint, lies in."
        case .conflict: "It was changed or made by somebody else; read it again before writing."
        case .keyUnusable:
            "Enable the KMS key, cancel its deletion, or have the resource encrypted by another one."
        case .invalidRequest where code == "InvalidObjectState":
            "The object is archived: have S3 restore it, then ask again."
        case .invalidRequest: "Look the error code up in AWS's documentation of \(operation)."
        case .unavailable: "A retry can help."
        case .other: "Look the error code up in AWS's documentation of the service."
        }
    }
}

extension String {
    fileprivate var trimmingQuotes: String {
        String(drop { "\"'".contains($0) }.reversed().drop { "\"'.".contains($0) }.reversed())
    }
}
