import Foundation
import JSONValue
import Transport

/// AWS KMS: keys that never leave it, and keys for data that they encrypt.
public struct KMS: Sendable {
    public static let description = AWSServiceDescription(
        endpointPrefix: "kms", serviceID: "KMS", apiProtocol: .json(.v1_1, targetPrefix: "TrentService"))

    /// A key for data. Printing it shows nothing.
    public struct DataKey: Sendable {
        /// 32 bytes, in clear.
        let plain: AWSSecretBytes
        /// The same, encrypted by the KMS key: this is kept.
        public let encrypted: Data
        /// The ARN of the KMS key.
        public let keyARN: String
    }

    let service: AWSService

    /// - Parameter endpoint: another than AWS's own.
    public init(_ account: AWSAccount, endpoint: URL? = nil) throws(AWSError) {
        service = try account.service(Self.description, endpoint: endpoint)
    }

    /// Makes a symmetric key.
    ///
    /// - Returns: its ARN.
    public func createKey(_ description: String = "") async throws(AWSError) -> String {
        let (answer, id) = try await service.json("CreateKey", ["Description": .string(description)])
        guard let arn = answer["KeyMetadata"]?["Arn"]?.string else {
            throw service.unexpected("CreateKey", "it has no Arn", id)
        }
        return arn
    }

    /// The ARN of a key: what an id or an alias stands for now.
    public func arn(of keyID: String) async throws(AWSError) -> String {
        let (answer, id) = try await service.json(
            "DescribeKey", ["KeyId": .string(keyID)], resource: keyID)
        guard let arn = answer["KeyMetadata"]?["Arn"]?.string else {
            throw service.unexpected("DescribeKey", "it has no Arn", id)
        }
        return arn
    }

    /// A new key of 256 bits for data.
    ///
    /// - Parameter context: must be given again to decrypt it; not secret, and shown in AWS's audit log.
    public func generateDataKey(
        _ keyID: String, context: [String: String]
    ) async throws(AWSError) -> DataKey {
        let (answer, id) = try await service.json(
            "GenerateDataKey",
            ["KeyId": .string(keyID), "KeySpec": "AES_256", "EncryptionContext": Self.json(context)],
            resource: keyID)
        guard let plain = bytes(answer, "Plaintext"), plain.count == 32,
            let encrypted = bytes(answer, "CiphertextBlob"), let arn = answer["KeyId"]?.string
        else { throw service.unexpected("GenerateDataKey", "it has no key of 32 bytes", id) }
        return DataKey(plain: AWSSecretBytes(plain), encrypted: encrypted, keyARN: arn)
    }

    /// Up to 4,096 bytes, encrypted.
    public func encrypt(
        _ plain: Data, keyID: String, context: [String: String]
    ) async throws(AWSError) -> Data {
        let (answer, id) = try await service.json(
            "Encrypt",
            [
                "KeyId": .string(keyID), "Plaintext": .string(plain.base64EncodedString()),
                "EncryptionContext": Self.json(context),
            ], resource: keyID)
        guard let encrypted = bytes(answer, "CiphertextBlob") else {
            throw service.unexpected("Encrypt", "it has no ciphertext", id)
        }
        return encrypted
    }

    /// - Parameter keyID: the only key that it may be encrypted by; KMS knows the right one itself, so this is
    ///   against a ciphertext that was put in place of ours.
    public func decrypt(
        _ encrypted: Data, keyID: String? = nil, context: [String: String]
    ) async throws(AWSError) -> (plain: AWSSecretBytes, keyARN: String) {
        let (answer, id) = try await service.json(
            "Decrypt",
            [
                "CiphertextBlob": .string(encrypted.base64EncodedString()),
                "KeyId": keyID.map { .string($0) }, "EncryptionContext": Self.json(context),
            ], resource: keyID)
        guard let plain = bytes(answer, "Plaintext"), let arn = answer["KeyId"]?.string else {
            throw service.unexpected("Decrypt", "it has no plaintext or no key's name", id)
        }
        return (AWSSecretBytes(plain), arn)
    }

    /// Encrypts by another key what is encrypted, inside KMS.
    public func reencrypt(
        _ encrypted: Data, to keyID: String, context: [String: String]
    ) async throws(AWSError) -> (encrypted: Data, keyARN: String) {
        let (answer, id) = try await service.json(
            "ReEncrypt",
            [
                "CiphertextBlob": .string(encrypted.base64EncodedString()),
                "DestinationKeyId": .string(keyID), "SourceEncryptionContext": Self.json(context),
                "DestinationEncryptionContext": Self.json(context),
            ], resource: keyID)
        guard let encrypted = bytes(answer, "CiphertextBlob"), let arn = answer["KeyId"]?.string else {
            throw service.unexpected("ReEncrypt", "it has no ciphertext", id)
        }
        return (encrypted, arn)
    }

    private static func json(_ context: [String: String]) -> JSONValue? {
        context.isEmpty ? nil : .object(context.mapValues { .string($0) })
    }

    private func bytes(_ answer: JSONValue, _ key: String) -> Data? {
        answer[key]?.string.flatMap { Data(base64Encoded: $0) }
    }
}

/// Bytes that no way of printing shows.
public struct AWSSecretBytes: Sendable, Hashable, RedactedValue {
    public let data: Data

    public init(_ data: Data) {
        self.data = data
    }
}
