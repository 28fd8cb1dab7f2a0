/// A value with a secret in it: printing, interpolating, reflecting and dumping it give its description alone, which
/// has none.
public protocol SecretHolding: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {}

extension SecretHolding {
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension HTTPRequest: SecretHolding {
    /// Method and place; not its headers, its query or its body.
    public var description: String { "\(method) \(RequestURL.redacted(url)), \(body.length) bytes" }
}

extension HTTPResponseHead: SecretHolding {
    /// Its status; not its headers.
    public var description: String { "status \(status)" }
}

extension HTTPResponse: SecretHolding {
    public var description: String { "\(head), \(body.count) bytes" }
}

extension HTTPClientConfiguration.Proxy: SecretHolding {
    /// Without user and password.
    public var description: String {
        switch self {
        case .environment: "environment"
        case .none: "none"
        case .url(let url): RequestURL.redacted(url)
        }
    }
}

extension HTTPClientConfiguration.TLS: SecretHolding {
    /// The files; not the key's password.
    public var description: String {
        """
        TLS(authoritiesFile: \(authoritiesFile ?? "none"), certificateFile: \(certificateFile ?? "none"), \
        keyFile: \(keyFile ?? "none"))
        """
    }
}

extension AWSOperation: SecretHolding {
    /// What is called, and about what.
    public var description: String { name + (resource.map { " for \($0)" } ?? "") }
}

extension EnvironmentCredentials: SecretHolding {
    public var description: String { "EnvironmentCredentials" }
}
