import Foundation
import JSONValue
import Transport

/// The endpoint beside a container of ECS, EKS (pod identity) or Greengrass.
struct ContainerSource: CredentialSource {
    let environment: AWSEnvironment
    let http: any HTTPClient
    let name = "the container's endpoint"

    /// Hosts that are asked without TLS: the machine itself, and those of ECS and EKS.
    private static let plainHosts: Set<String> = [
        "169.254.170.2", "169.254.170.23", "[fd00:ec2::23]", "fd00:ec2::23",
    ]

    func find() async throws(AWSError) -> CredentialFinding {
        let variables = environment.variables
        let url: String
        if let path = variables["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] {
            guard path.hasPrefix("/") else {
                throw failure("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI does not begin with a slash")
            }
            url = "http://169.254.170.2\(path)"
        } else if let full = variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] {
            guard Self.mayBeAsked(full) else {
                throw failure(
                    """
                    AWS_CONTAINER_CREDENTIALS_FULL_URI is neither https nor at an address of the machine, of ECS \
                    or of EKS
                    """)
            }
            url = full
        } else {
            return .absent(
                """
                AWS_CONTAINER_CREDENTIALS_RELATIVE_URI and AWS_CONTAINER_CREDENTIALS_FULL_URI are not set
                """)
        }
        return .found(try await fetch(url, authorization: try await authorization()))
    }

    static func mayBeAsked(_ url: String) -> Bool {
        guard let parts = URL(string: url), let host = parts.host?.lowercased(), parts.user == nil else {
            return false
        }
        return AWSService.mayCarrySecrets(url) || parts.scheme == "http" && plainHosts.contains(host)
    }

    /// Read each time: the file's token is renewed by others.
    private func authorization() async throws(AWSError) -> String? {
        let variables = environment.variables
        var token = variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
        if let file = variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] {
            do throws(AWSFile.Fault) {
                token = try await AWSFile.text(at: file)
            } catch {
                throw failure(error.reason)
            }
            guard token != nil else { throw failure("the token file \(file) is absent") }
        }
        guard let token else { return nil }
        guard !token.contains(where: \.isNewline) else {
            throw failure("the authorization token has a line end in it")
        }
        return token
    }

    private func fetch(_ url: String, authorization: String?) async throws(AWSError) -> AWSCredentials {
        var request = HTTPRequest(url: url, headers: [("Accept", "application/json")], timeout: .seconds(2))
        if let authorization { request.headers.append(("Authorization", authorization)) }
        let response: HTTPResponse
        do throws(TransportError) {
            response = try await InstanceMetadata.patiently(http, request)
        } catch {
            throw failure("\(error)", isRetryable: error.isRetryable)
        }
        guard response.head.status == 200 else {
            throw failure(
                "it answered with status \(response.head.status)", isRetryable: response.head.status >= 500)
        }
        guard let json = try? JSONValue(parsing: response.body) else { throw failure("it answered no JSON") }
        return try credentials(json)
    }
}
