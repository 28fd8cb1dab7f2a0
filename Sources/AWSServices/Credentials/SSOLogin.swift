import Crypto
import Foundation
import JSONValue
import Transport

/// Keys for the token that `aws sso login` left in a file.
///
/// The file is `~/.aws/sso/cache/SHA1.json`, by the session's name or, in older profiles, the start URL. A token
/// that is over is renewed where the login left what that needs, and written back.
struct SSOLogin {
    private let source: any CredentialSource
    private let settings: [String: String]
    private let network: CredentialNetwork

    init(_ source: any CredentialSource, _ settings: [String: String], _ network: CredentialNetwork) {
        self.source = source
        self.settings = settings
        self.network = network
    }

    private static let portal = AWSServiceDescription(
        endpointPrefix: "portal.sso", signingName: "awsssoportal", serviceID: "SSO", apiProtocol: .restJSON)
    private static let oidc = AWSServiceDescription(
        endpointPrefix: "oidc", signingName: "sso-oauth", serviceID: "SSO OIDC", apiProtocol: .restJSON)

    func credentials() async throws(AWSError) -> AWSCredentials {
        let session = try sessionSettings()
        let account = try required("sso_account_id", settings), role = try required("sso_role_name", settings)
        let region = try required("sso_region", session)
        let startURL = try required("sso_start_url", session)
        let first = try await token(startURL, region)
        let response: AWSService.Response
        do throws(AWSError) {
            response = try await roleCredentials(account, role, region, first)
        } catch {
            guard Self.isOfToken(error) else { throw source.failure("the SSO portal gave no keys", error) }
            // The portal may end a token before its time: another one is had as if it were over.
            let second = try await token(startURL, region, refused: first)
            do throws(AWSError) {
                response = try await roleCredentials(account, role, region, second)
            } catch {
                if Self.isOfToken(error) { throw loginNeeded("is refused") }
                throw source.failure("the SSO portal gave no keys", error)
            }
        }
        let keys = (try? JSONValue(parsing: response.body))?["roleCredentials"]
        guard let key = keys?["accessKeyId"]?.string, let secret = keys?["secretAccessKey"]?.string,
            let end = keys?["expiration"]?.double
        else { throw source.failure("the SSO portal's answer has no keys") }
        return AWSCredentials(
            accessKeyID: key, secretAccessKey: secret, sessionToken: keys?["sessionToken"]?.string,
            expiration: Date(timeIntervalSince1970: end / 1000))
    }

    private static func isOfToken(_ error: AWSError) -> Bool {
        if case .refused(let refusal) = error { refusal.status == 401 } else { false }
    }

    private func roleCredentials(
        _ account: String, _ role: String, _ region: String, _ token: String
    ) async throws(AWSError) -> AWSService.Response {
        let service = try network.service(Self.portal, region: region, credentials: network.nobody)
        var operation = AWSOperation(
            "GetRoleCredentials", method: "GET", path: "/federation/credentials",
            query: [("role_name", role), ("account_id", account)],
            headers: [("x-amz-sso_bearer_token", token)], resource: "\(account)/\(role)")
        operation.isSigned = false
        operation.secrets = [token]
        return try await service.send(operation)
    }

    /// The settings of the session that the profile names, or the profile's own.
    private func sessionSettings() throws(AWSError) -> [String: String] {
        guard let name = settings["sso_session"] else { return settings }
        guard let session = network.environment.profiles.ssoSessions[name] else {
            throw source.failure("there is no section [sso-session \(name)]")
        }
        return session
    }

    private func required(_ key: String, _ from: [String: String]) throws(AWSError) -> String {
        guard let value = from[key], !value.isEmpty else { throw source.failure("\(key) is not set") }
        return value
    }

    private func loginNeeded(_ what: String) -> AWSError {
        let profile = network.environment.profileName
        return source.failure("the SSO token \(what); run: aws sso login --profile \(profile)")
    }

    /// - Parameter refused: a token that the portal did not take.
    private func token(
        _ startURL: String, _ region: String, refused: String? = nil
    ) async throws(AWSError) -> String {
        let key = settings["sso_session"] ?? startURL
        let hash = Insecure.SHA1.hash(data: Data(key.utf8)).hexadecimal
        let home = network.environment.variables["HOME"] ?? NSHomeDirectory()
        let path = "\(home)/.aws/sso/cache/\(hash).json"
        let text: String?
        do throws(AWSFile.Fault) {
            text = try await AWSFile.text(at: path)
        } catch {
            throw source.failure(error.reason)
        }
        guard let text else { throw loginNeeded("is not there (\(path))") }
        guard let file = try? JSONValue(parsing: text), let token = file["accessToken"]?.string,
            let end = file["expiresAt"]?.string.flatMap(AWSTime.parse)
        else { throw loginNeeded("in \(path) cannot be read") }
        if token != refused, end > network.skew.now.addingTimeInterval(60) { return token }
        return try await renewed(file, at: path, region, since: token == refused ? "is refused" : "is over")
    }

    private func renewed(
        _ file: JSONValue, at path: String, _ region: String, since what: String
    ) async throws(AWSError) -> String {
        guard let refresh = file["refreshToken"]?.string, let client = file["clientId"]?.string,
            let secret = file["clientSecret"]?.string,
            (file["registrationExpiresAt"]?.string.flatMap(AWSTime.parse) ?? .distantPast) > network.skew.now
        else { throw loginNeeded(what) }
        let service = try network.service(Self.oidc, region: region, credentials: network.nobody)
        let input: JSONValue = [
            "grantType": "refresh_token", "clientId": .string(client), "clientSecret": .string(secret),
            "refreshToken": .string(refresh),
        ]
        var operation = AWSOperation(
            "CreateToken", path: "/token", input: .json(Data(((try? input.text()) ?? "").utf8)))
        operation.isSigned = false
        operation.secrets = [refresh, secret]
        let response: AWSService.Response
        do throws(AWSError) {
            response = try await service.send(operation)
        } catch {
            if error.isRetryable { throw source.failure("the SSO token was not renewed", error) }
            throw loginNeeded("\(what) and was not renewed")
        }
        let answer = try? JSONValue(parsing: response.body)
        guard let token = answer?["accessToken"]?.string, let seconds = answer?["expiresIn"]?.double,
            var kept = file.object
        else { throw source.failure("the answer to renewing the SSO token has no token") }
        kept["accessToken"] = .string(token)
        kept["expiresAt"] = .string(
            network.skew.now.addingTimeInterval(seconds).formatted(Date.ISO8601FormatStyle()))
        if let next = answer?["refreshToken"]?.string { kept["refreshToken"] = .string(next) }
        // The token is good whether or not it could be kept.
        if let text = try? JSONValue.object(kept).text() {
            do throws(AWSFile.Fault) {
                try await AWSFile.replace(path, with: Data(text.utf8))
            } catch {
                return token
            }
        }
        return token
    }
}
