import Foundation
import JSONValue
import Transport

/// One place where keys may be.
protocol CredentialSource: Sendable {
    /// For errors.
    var name: String { get }
    /// Looks there.
    ///
    /// - Throws: where the place is set up to give keys and does not.
    func find() async throws(AWSError) -> CredentialFinding
}

/// What was found in a place.
enum CredentialFinding: Sendable, Equatable {
    case found(AWSCredentials)
    /// The place is not set up, and why it counts as such.
    case absent(String)
}

extension CredentialSource {
    func failure(_ finding: String, isRetryable: Bool = false) -> AWSError {
        .credentialsFailed(AWSCredentialPlace(name, finding), isRetryable: isRetryable)
    }

    func failure(_ finding: String, _ error: AWSError) -> AWSError {
        failure("\(finding): \(error)", isRetryable: error.isRetryable)
    }

    /// Keys of the JSON that processes, containers and machines answer with.
    func credentials(_ json: JSONValue, token: String = "Token") throws(AWSError) -> AWSCredentials {
        func text(_ key: String) -> String? { json[key]?.string.flatMap { $0.isEmpty ? nil : $0 } }
        guard let key = text("AccessKeyId"), let secret = text("SecretAccessKey") else {
            throw failure("the answer has no AccessKeyId or SecretAccessKey")
        }
        var expiration: Date?
        if let end = text("Expiration") {
            expiration = AWSTime.parse(end)
            guard expiration != nil else { throw failure("the Expiration is no ISO 8601 time") }
        }
        return AWSCredentials(
            accessKeyID: key, secretAccessKey: secret, sessionToken: text(token), expiration: expiration)
    }
}

/// `AWS_ACCESS_KEY_ID` and its fellows.
struct EnvironmentSource: CredentialSource {
    let environment: AWSEnvironment
    let name = "the environment"

    func find() async throws(AWSError) -> CredentialFinding {
        if environment.isProfileGiven { return .absent("passed over, as a profile is named") }
        let variables = environment.variables
        let key = variables["AWS_ACCESS_KEY_ID"] ?? "", secret = variables["AWS_SECRET_ACCESS_KEY"] ?? ""
        switch (key.isEmpty, secret.isEmpty) {
        case (true, true): return .absent("AWS_ACCESS_KEY_ID is not set")
        case (true, false): return .absent("AWS_ACCESS_KEY_ID is not set, though AWS_SECRET_ACCESS_KEY is")
        case (false, true): throw failure("AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not")
        case (false, false): break
        }
        var expiration: Date?
        if let end = variables["AWS_CREDENTIAL_EXPIRATION"] { expiration = AWSTime.parse(end) }
        return .found(
            AWSCredentials(
                accessKeyID: key.trimmed, secretAccessKey: secret.trimmed,
                sessionToken: (variables["AWS_SESSION_TOKEN"] ?? variables["AWS_SECURITY_TOKEN"])?.trimmed,
                expiration: expiration))
    }
}

extension String {
    var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
