import Foundation
import Transport

/// AWS Security Token Service: who one is, and keys for a role.
public struct STS: Sendable {
    /// Whom keys belong to.
    public struct Identity: Sendable, Hashable {
        public var account: String
        public var arn: String
        public var userID: String
    }

    public static let description = AWSServiceDescription(
        endpointPrefix: "sts", serviceID: "STS", apiProtocol: .query(apiVersion: "2011-06-15"))
    private let service: AWSService

    public init(_ account: AWSAccount) throws(AWSError) {
        service = try account.service(Self.description)
    }

    init(_ service: AWSService) {
        self.service = service
    }

    /// Whom the keys in use belong to. Nobody can be denied this.
    public func callerIdentity() async throws(AWSError) -> Identity {
        let (result, id) = try await service.query("GetCallerIdentity", [])
        guard let account = result["Account"]?.text, let arn = result["Arn"]?.text,
            let user = result["UserId"]?.text
        else { throw service.unexpected("GetCallerIdentity", "it names no account", id) }
        return Identity(account: account, arn: arn, userID: user)
    }

    /// Keys of a role.
    ///
    /// - Parameters:
    ///   - durationSeconds: 900 to what the role allows.
    ///   - externalID: what the role's owner asks for of third parties.
    public func assumeRole(
        _ arn: String, sessionName: String, durationSeconds: Int? = nil, externalID: String? = nil
    ) async throws(AWSError) -> AWSCredentials {
        var input: [AWSFormValue.Field] = [
            .init("RoleArn", .text(arn)), .init("RoleSessionName", .text(sessionName)),
        ]
        if let durationSeconds { input.append(.init("DurationSeconds", .text("\(durationSeconds)"))) }
        if let externalID { input.append(.init("ExternalId", .text(externalID))) }
        let (result, id) = try await service.query("AssumeRole", input, resource: arn)
        return try credentials(result, "AssumeRole", id)
    }

    /// Keys of a role for the bearer of an identity provider's token. The call is not signed.
    public func assumeRole(
        _ arn: String, sessionName: String, webIdentityToken: String, durationSeconds: Int? = nil
    ) async throws(AWSError) -> AWSCredentials {
        var input: [AWSFormValue.Field] = [
            .init("RoleArn", .text(arn)), .init("RoleSessionName", .text(sessionName)),
            .init("WebIdentityToken", .text(webIdentityToken)),
        ]
        if let durationSeconds { input.append(.init("DurationSeconds", .text("\(durationSeconds)"))) }
        let name = "AssumeRoleWithWebIdentity"
        let (result, id) = try await service.query(
            name, input, resource: arn, isSigned: false, secrets: [webIdentityToken])
        return try credentials(result, name, id)
    }

    private func credentials(
        _ result: XMLTree, _ operation: String, _ id: String
    ) throws(AWSError) -> AWSCredentials {
        guard let keys = result["Credentials"], let key = keys["AccessKeyId"]?.text,
            let secret = keys["SecretAccessKey"]?.text, let token = keys["SessionToken"]?.text,
            let expiration = keys["Expiration"].flatMap({ AWSTime.parse($0.text) })
        else { throw service.unexpected(operation, "it has no keys", id) }
        return AWSCredentials(
            accessKeyID: key, secretAccessKey: secret, sessionToken: token, expiration: expiration)
    }
}
