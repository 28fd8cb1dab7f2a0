import Foundation
import Transport

/// The whole chain, for whoever cannot wait for the shared files when it is made: they are read with the first call,
/// and again after a failure to read them.
public actor DefaultAWSCredentials: AWSCredentialsProvider {
    private let variables: [String: String]
    private let profile: String?
    private let region: String
    private let endpoints: [String: URL]
    private let http: any HTTPClient
    private let localHTTP: any HTTPClient
    private let skew: AWSClockSkew
    private var chain: AWSCredentialChain?

    /// - Parameters:
    ///   - profile: `nil` for that of the environment.
    ///   - region: where STS is asked for the keys of roles, unless the environment says another.
    ///   - endpoints: as those of ``AWSEnvironment``.
    ///   - http: reaches AWS.
    ///   - localHTTP: reaches the container's and the machine's own metadata, past any proxy.
    public init(
        variables: [String: String] = ProcessInfo.processInfo.environment, profile: String? = nil,
        region: String, endpoints: [String: URL] = [:], http: any HTTPClient, localHTTP: any HTTPClient,
        skew: AWSClockSkew = AWSClockSkew()
    ) {
        self.variables = variables
        self.profile = profile
        self.region = region
        self.endpoints = endpoints
        self.http = http
        self.localHTTP = localHTTP
        self.skew = skew
    }

    public func credentials() async throws(AWSError) -> AWSCredentials {
        try await loaded().credentials()
    }

    public func discard(_ credentials: AWSCredentials) async {
        await chain?.discard(credentials)
    }

    private func loaded() async throws(AWSError) -> AWSCredentialChain {
        if let chain { return chain }
        let environment = try await AWSEnvironment.load(
            variables: variables, profile: profile, endpoints: endpoints)
        // Another call may have been quicker: its renewals are the ones to share.
        if let chain { return chain }
        let made = AWSCredentialChain(
            environment: environment, region: environment.region ?? region, http: http, localHTTP: localHTTP,
            skew: skew)
        chain = made
        return made
    }
}
