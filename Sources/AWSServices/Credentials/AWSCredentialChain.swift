import Foundation
import Synchronization
import Transport

/// Keys from the first place that has some, in the order of AWS's SDKs: the environment, the profile (a role with
/// its source, a web identity, SSO, keys, a process), the environment's web identity, a container, the machine.
///
/// The place that gave keys is the one that is asked when they run out. A place that is set up and fails is an
/// error; it does not make the next one be used, whose keys may be somebody else's.
public final class AWSCredentialChain: AWSCredentialsProvider {
    private let sources: [any CredentialSource]
    private let refreshing: RefreshingCredentials

    /// - Parameters:
    ///   - region: where STS is asked for the keys of roles.
    ///   - http: reaches AWS.
    ///   - localHTTP: reaches the container's and the machine's own metadata, past any proxy.
    public convenience init(
        environment: AWSEnvironment, region: String, http: any HTTPClient, localHTTP: any HTTPClient,
        skew: AWSClockSkew = AWSClockSkew(), clock: any Clock<Duration> = ContinuousClock()
    ) {
        let network = CredentialNetwork(
            environment: environment, region: region, http: http, localHTTP: localHTTP, skew: skew,
            clock: clock)
        self.init(
            sources: [
                EnvironmentSource(environment: environment),
                CurrentProfileSource(network: network),
                WebIdentitySource(network: network),
                ContainerSource(environment: environment, http: localHTTP),
                InstanceSource(
                    metadata: InstanceMetadata(environment, http: localHTTP), now: { skew.now }),
            ], now: { skew.now })
    }

    init(sources: [any CredentialSource], now: @escaping @Sendable () -> Date) {
        self.sources = sources
        let finder = Finder(sources)
        refreshing = RefreshingCredentials(now: now) { () async throws(AWSError) in try await finder.find() }
    }

    public func credentials() async throws(AWSError) -> AWSCredentials {
        try await refreshing.credentials()
    }

    public func discard(_ credentials: AWSCredentials) async {
        await refreshing.discard(credentials)
    }
}

/// Remembers which place has the keys.
private final class Finder: Sendable {
    private let sources: [any CredentialSource]
    private let chosen = Mutex<Int?>(nil)

    init(_ sources: [any CredentialSource]) {
        self.sources = sources
    }

    func find() async throws(AWSError) -> AWSCredentials {
        var places: [AWSCredentialPlace] = []
        let first = chosen.withLock { $0 }
        let order = (first.map { [$0] } ?? []) + sources.indices.filter { $0 != first }
        for index in order {
            switch try await sources[index].find() {
            case .found(let keys):
                chosen.withLock { $0 = index }
                return keys
            case .absent(let reason):
                places.append(AWSCredentialPlace(sources[index].name, reason))
            }
        }
        throw .noCredentials(places)
    }
}

/// What sources that ask somebody have in common.
struct CredentialNetwork: Sendable {
    let environment: AWSEnvironment
    let region: String
    let http: any HTTPClient
    let localHTTP: any HTTPClient
    let skew: AWSClockSkew
    let clock: any Clock<Duration>

    /// The same with the shared files as they are now.
    func rereading() async -> CredentialNetwork {
        CredentialNetwork(
            environment: await environment.rereading(), region: region, http: http, localHTTP: localHTTP,
            skew: skew, clock: clock)
    }

    /// A service called with given keys.
    func service(
        _ description: AWSServiceDescription, region: String? = nil, credentials: any AWSCredentialsProvider
    ) throws(AWSError) -> AWSService {
        try AWSService(
            description, region: region ?? self.region, credentials: credentials, http: http,
            endpoint: try environment.endpoint(of: description), variant: try environment.variant(),
            retrier: AWSRetrier(clock: clock), timeout: .seconds(30), skew: skew)
    }

    func sts(_ credentials: any AWSCredentialsProvider) throws(AWSError) -> STS {
        STS(try service(STS.description, credentials: credentials))
    }

    /// For calls that are not signed.
    var nobody: any AWSCredentialsProvider {
        StaticCredentials(AWSCredentials(accessKeyID: "", secretAccessKey: ""))
    }

    /// A name for the session of a role that is told none.
    var sessionName: String { "millrace-\(UInt32(skew.now.timeIntervalSince1970))" }
}
