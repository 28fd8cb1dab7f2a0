import Foundation
import Transport

/// A token in a file that an identity provider renews, given for a role's keys: how pods get theirs (IRSA).
struct WebIdentitySource: CredentialSource {
    let network: CredentialNetwork
    let name = "the web identity of the environment"

    func find() async throws(AWSError) -> CredentialFinding {
        let variables = network.environment.variables
        guard let file = variables["AWS_WEB_IDENTITY_TOKEN_FILE"] else {
            return .absent("AWS_WEB_IDENTITY_TOKEN_FILE is not set")
        }
        guard let role = variables["AWS_ROLE_ARN"] else {
            throw failure("AWS_WEB_IDENTITY_TOKEN_FILE is set and AWS_ROLE_ARN is not")
        }
        return .found(
            try await Self.assume(
                self, role, tokenFile: file, sessionName: variables["AWS_ROLE_SESSION_NAME"], network))
    }

    /// The file is read each time: its token lasts shorter than the program runs.
    static func assume(
        _ source: some CredentialSource, _ role: String, tokenFile: String, sessionName: String?,
        _ network: CredentialNetwork
    ) async throws(AWSError) -> AWSCredentials {
        let token: String?
        do throws(AWSFile.Fault) {
            token = try await AWSFile.text(at: tokenFile)?.trimmed
        } catch {
            throw source.failure(error.reason)
        }
        guard let token, !token.isEmpty else {
            throw source.failure("the token file \(tokenFile) is absent or empty")
        }
        do throws(AWSError) {
            return try await network.sts(network.nobody).assumeRole(
                role, sessionName: sessionName ?? network.sessionName, webIdentityToken: token)
        } catch {
            throw source.failure("the role was not given for the token", error)
        }
    }
}
