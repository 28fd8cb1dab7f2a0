import AWSServices
import Transport

extension Services {
    /// Keys for AWS, from wherever its own tools look: the environment, the shared files, a role's web identity, the
    /// container, the machine.
    func awsCredentials() throws -> any AWSCredentialsProvider {
        try awsCredentialsPart {
            // The container's and the machine's own metadata are next door; no proxy leads there.
            var local = httpSettings()
            local.proxy = .none
            return DefaultAWSCredentials(
                region: settings[\.bedrock.region],
                http: RetryingHTTPClient(try plainClient(), classification: .aws),
                localHTTP: try CurlHTTPClient(configuration: local))
        }
    }
}
