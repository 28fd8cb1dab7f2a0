import Foundation

/// The keys that sign requests to AWS. Printing, dumping or interpolating them shows no secret.
public struct AWSCredentials: Sendable, Equatable {
    public var accessKeyID: String
    public var secretAccessKey: String
    /// Present with temporary keys only.
    public var sessionToken: String?
    /// When temporary keys stop working; `nil` for keys that stay.
    public var expiration: Date?

    public init(
        accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil, expiration: Date? = nil
    ) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiration = expiration
    }
}

extension AWSCredentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String {
        "AWSCredentials(accessKeyID: …\(accessKeyID.suffix(4)), secret redacted)"
    }

    public var debugDescription: String { description }

    public var customMirror: Mirror {
        Mirror(self, children: ["accessKeyID": "…\(accessKeyID.suffix(4))", "secretAccessKey": "redacted"])
    }
}

/// Where keys come from. Asked before every request, so that keys can change while the program runs.
public protocol AWSCredentialsProvider: Sendable {
    func credentials() async throws(AWSError) -> AWSCredentials
    /// Called when AWS says that `credentials` are over: those asked for next should be others.
    func discard(_ credentials: AWSCredentials) async
}

extension AWSCredentialsProvider {
    /// Nothing is kept, so nothing is discarded.
    public func discard(_ credentials: AWSCredentials) async {}
}

/// A place where keys were looked for, and what was found there instead of keys.
public struct AWSCredentialPlace: Sendable, Hashable {
    /// For example `the environment`, `profile “dev” in ~/.aws/config`.
    public var name: String
    /// For example `AWS_ACCESS_KEY_ID is not set`. Never a key or a token.
    public var finding: String

    public init(_ name: String, _ finding: String) {
        self.name = name
        self.finding = finding
    }
}

/// Keys that are known already.
public struct StaticCredentials: AWSCredentialsProvider {
    private let value: AWSCredentials

    public init(_ credentials: AWSCredentials) {
        value = credentials
    }

    public func credentials() async throws(AWSError) -> AWSCredentials { value }
}

/// Keys from `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and, for temporary keys, `AWS_SESSION_TOKEN`.
public struct EnvironmentCredentials: AWSCredentialsProvider {
    private let environment: [String: String]

    /// - Parameter environment: the variables to look in; the process's own by default.
    public init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        self.environment = environment
    }

    /// - Throws: ``AWSError/missingCredentials(variable:)``, naming the first variable that is absent.
    public func credentials() async throws(AWSError) -> AWSCredentials {
        AWSCredentials(
            accessKeyID: try required("AWS_ACCESS_KEY_ID"),
            secretAccessKey: try required("AWS_SECRET_ACCESS_KEY"),
            sessionToken: value("AWS_SESSION_TOKEN"))
    }

    private func required(_ variable: String) throws(AWSError) -> String {
        guard let value = value(variable) else { throw .missingCredentials(variable: variable) }
        return value
    }

    private func value(_ variable: String) -> String? {
        let value = environment[variable]?.trimmingASCIISpace() ?? ""
        return value.isEmpty ? nil : value
    }
}
