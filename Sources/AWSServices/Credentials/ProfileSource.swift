import Foundation
import Transport

/// The profile in use, as the shared files have it each time that keys are looked for: tools write new keys there, and
/// AWS then says of the old ones that they are over.
struct CurrentProfileSource: CredentialSource {
    let network: CredentialNetwork

    var name: String { ProfileSource(profile: network.environment.profileName, network: network).name }

    func find() async throws(AWSError) -> CredentialFinding {
        let network = await network.rereading()
        return try await ProfileSource(profile: network.environment.profileName, network: network).find()
    }
}

/// A profile of the shared files.
///
/// In it the first of these counts: a role with `source_profile` or `credential_source`, a role with a web
/// identity's token file, SSO, keys, a process. A source profile is looked at by the same rule, roles of roles
/// included; its own keys serve where it names itself.
struct ProfileSource: CredentialSource {
    let profile: String
    let network: CredentialNetwork
    /// The profiles that led here.
    var visited: [String] = []

    var name: String { "the profile “\(profile)”" }

    func find() async throws(AWSError) -> CredentialFinding {
        let profiles = network.environment.profiles
        guard let settings = profiles.settings(profile) else {
            let finding = "\(profiles.configPath) and \(profiles.credentialsPath) do not have it"
            guard visited.isEmpty, profile == "default" else { throw failure(finding) }
            return .absent(finding)
        }
        func text(_ key: String) -> String? { settings[key].flatMap { $0.isEmpty ? nil : $0 } }
        let comesFromItself = visited.last == profile
        if !comesFromItself, let role = text("role_arn") {
            if let source = text("source_profile") {
                return .found(try await assume(role, text, ProfileSource.following(self, source)))
            }
            if let kind = text("credential_source") {
                return .found(try await assume(role, text, credentialSource(kind)))
            }
            if let file = text("web_identity_token_file") {
                return .found(
                    try await WebIdentitySource.assume(
                        self, role, tokenFile: file, sessionName: text("role_session_name"), network))
            }
            throw failure(
                "role_arn is set without source_profile, credential_source or web_identity_token_file")
        }
        if text("sso_session") != nil || text("sso_start_url") != nil || text("sso_account_id") != nil {
            return .found(try await SSOLogin(self, settings, network).credentials())
        }
        if let key = text("aws_access_key_id") {
            guard let secret = text("aws_secret_access_key") else {
                throw failure("aws_access_key_id is set and aws_secret_access_key is not")
            }
            return .found(
                AWSCredentials(
                    accessKeyID: key, secretAccessKey: secret,
                    sessionToken: text("aws_session_token") ?? text("aws_security_token")))
        }
        if let command = text("credential_process") {
            return .found(try await CredentialProcess(source: self, command: command).credentials())
        }
        let finding = "it has no keys, no role, no SSO and no credential_process"
        guard visited.isEmpty else { throw failure(finding) }
        return .absent(finding)
    }

    /// The profile that one names as its source.
    private static func following(
        _ from: ProfileSource, _ source: String
    ) throws(AWSError) -> ProfileSource {
        let path = from.visited + [from.profile]
        // Its own keys are what a profile may name itself for.
        guard source == from.profile || !path.contains(source) else {
            throw from.failure("source_profile goes round: \((path + [source]).joined(separator: " → "))")
        }
        return ProfileSource(profile: source, network: from.network, visited: path)
    }

    private func credentialSource(_ kind: String) throws(AWSError) -> any CredentialSource {
        let environment = network.environment
        return switch kind.lowercased() {
        case "environment":
            EnvironmentSource(environment: AWSEnvironment(variables: environment.variables))
        case "ec2instancemetadata":
            InstanceSource(
                metadata: InstanceMetadata(environment, http: network.localHTTP),
                now: { [skew = network.skew] in skew.now })
        case "ecscontainer": ContainerSource(environment: environment, http: network.localHTTP)
        default:
            throw failure("credential_source is not Environment, Ec2InstanceMetadata or EcsContainer")
        }
    }

    private func assume(
        _ role: String, _ text: (String) -> String?, _ source: any CredentialSource
    ) async throws(AWSError) -> AWSCredentials {
        if text("mfa_serial") != nil {
            throw failure("its role asks for a code of an MFA device, which a service cannot type")
        }
        var duration: Int?
        if let seconds = text("duration_seconds") {
            duration = Int(seconds)
            guard duration != nil else { throw failure("duration_seconds is not a whole number") }
        }
        guard case .found(let keys) = try await source.find() else {
            throw failure("\(source.name), from which its role is assumed, has no keys")
        }
        do throws(AWSError) {
            return try await network.sts(StaticCredentials(keys)).assumeRole(
                role, sessionName: text("role_session_name") ?? network.sessionName,
                durationSeconds: duration, externalID: text("external_id"))
        } catch {
            throw failure("its role was not given", error)
        }
    }
}
