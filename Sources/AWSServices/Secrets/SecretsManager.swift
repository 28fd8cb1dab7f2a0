import Foundation
import JSONValue
import Transport

/// A text that no way of printing shows.
public struct AWSSecretText: Sendable, Hashable, RedactedValue {
    public let value: String

    public init(_ value: String) {
        self.value = value
    }
}

/// AWS Secrets Manager.
public struct SecretsManager: Sendable {
    public static let description = AWSServiceDescription(
        endpointPrefix: "secretsmanager", serviceID: "Secrets Manager",
        apiProtocol: .json(.v1_1, targetPrefix: "secretsmanager"))

    /// A version of a secret.
    public struct Secret: Sendable, Hashable {
        public var arn: String
        public var versionID: String
        /// Of a secret that is kept as bytes, their text where they are UTF-8, else their Base64.
        public var text: AWSSecretText
        /// AWS's id of the call that gave it.
        public var requestID: String
    }

    let service: AWSService

    /// - Parameter endpoint: another than AWS's own.
    public init(_ account: AWSAccount, endpoint: URL? = nil) throws(AWSError) {
        service = try account.service(Self.description, endpoint: endpoint)
    }

    /// - Parameters:
    ///   - id: a name or an ARN.
    ///   - stage: `AWSCURRENT`, `AWSPREVIOUS`, `AWSPENDING` or one's own.
    public func value(_ id: String, stage: String = "AWSCURRENT") async throws(AWSError) -> Secret {
        let (answer, request) = try await service.json(
            "GetSecretValue", ["SecretId": .string(id), "VersionStage": .string(stage)], resource: id)
        guard let arn = answer["ARN"]?.string, let version = answer["VersionId"]?.string,
            let text = answer["SecretString"]?.string
                ?? answer["SecretBinary"]?.string.map(Self.text(ofBase64:))
        else { throw service.unexpected("GetSecretValue", "it has no secret", request) }
        return Secret(arn: arn, versionID: version, text: AWSSecretText(text), requestID: request)
    }

    private static func text(ofBase64 bytes: String) -> String {
        Data(base64Encoded: bytes).flatMap { String(validating: $0, as: UTF8.self) } ?? bytes
    }

    /// Makes a secret.
    ///
    /// - Parameter token: tells a call apart from its repetition; one's own choice.
    /// - Returns: its ARN.
    @discardableResult
    public func create(
        _ name: String, _ text: AWSSecretText, kmsKeyID: String? = nil, token: UUID = UUID()
    ) async throws(AWSError) -> String {
        let (answer, request) = try await service.json(
            "CreateSecret",
            [
                "Name": .string(name), "SecretString": .string(text.value),
                "KmsKeyId": kmsKeyID.map { .string($0) },
                "ClientRequestToken": .string(token.uuidString.lowercased()),
            ], resource: name)
        guard let arn = answer["ARN"]?.string else {
            throw service.unexpected("CreateSecret", "it has no ARN", request)
        }
        return arn
    }

    /// Makes a new version the current one; what was current is `AWSPREVIOUS`.
    public func put(_ id: String, _ text: AWSSecretText, token: UUID = UUID()) async throws(AWSError) {
        _ = try await service.json(
            "PutSecretValue",
            [
                "SecretId": .string(id), "SecretString": .string(text.value),
                "ClientRequestToken": .string(token.uuidString.lowercased()),
            ], resource: id)
    }
}
