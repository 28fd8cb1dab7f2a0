import Foundation
import Transport

/// What the clients of AWS's services share: keys, a region, the way they are reached, and their clock.
///
/// ```swift
/// let account = try await AWSAccount(environment: .load(), http: http, localHTTP: direct)
/// let bucket = try S3(account)
/// ```
public struct AWSAccount: Sendable {
    public let environment: AWSEnvironment
    public let region: String
    public let credentials: any AWSCredentialsProvider
    let http: any HTTPClient
    let skew: AWSClockSkew
    private let clock: any Clock<Duration>

    /// - Parameters:
    ///   - region: `nil` for that of the environment, or of the machine's own metadata.
    ///   - credentials: `nil` for the whole chain.
    ///   - http: reaches AWS; it does not retry.
    ///   - localHTTP: reaches the machine's own metadata, past any proxy.
    ///   - clock: what waits pass on.
    /// - Throws: ``AWSError/invalidSettings(place:reason:)`` where no region is known.
    public init(
        environment: AWSEnvironment, region: String? = nil, credentials: (any AWSCredentialsProvider)? = nil,
        http: any HTTPClient, localHTTP: any HTTPClient, skew: AWSClockSkew = AWSClockSkew(),
        clock: any Clock<Duration> = ContinuousClock()
    ) async throws(AWSError) {
        self.environment = environment
        self.http = http
        self.skew = skew
        self.clock = clock
        if let known = region ?? environment.region {
            self.region = known
        } else if let machine = await InstanceMetadata(environment, http: localHTTP).region() {
            self.region = machine
        } else {
            throw .invalidSettings(
                place: "AWS_REGION, AWS_DEFAULT_REGION and the profile “\(environment.profileName)”",
                reason: "no region is set")
        }
        self.credentials =
            credentials
            ?? AWSCredentialChain(
                environment: environment, region: self.region, http: http, localHTTP: localHTTP, skew: skew)
    }

    /// The same in another region.
    public func elsewhere(_ region: String) -> AWSAccount {
        AWSAccount(self, region: region)
    }

    private init(_ other: AWSAccount, region: String) {
        environment = other.environment
        self.region = region
        credentials = other.credentials
        http = other.http
        skew = other.skew
        clock = other.clock
    }

    /// A service with retries and a quota of its own, as the environment says.
    ///
    /// - Parameters:
    ///   - endpoint: before what the environment says.
    ///   - timeout: of a call; of a stream the longest silence.
    ///   - attempts: of a call, the first included; `nil` for as many as the environment says.
    public func service(
        _ description: AWSServiceDescription, endpoint: URL? = nil, timeout: Duration = .seconds(60),
        attempts: Int? = nil
    ) throws(AWSError) -> AWSService {
        let standard = try environment.maxAttempts()
        let retrier = AWSRetrier(
            mode: try environment.retryMode(), maxAttempts: attempts ?? standard, clock: clock)
        let known = try environment.endpoint(of: description)
        return try AWSService(
            description, region: region, credentials: credentials, http: http,
            endpoint: endpoint ?? known,
            variant: try environment.variant(), bearer: try environment.bearerToken(of: description),
            retrier: retrier, timeout: timeout, skew: skew)
    }
}
