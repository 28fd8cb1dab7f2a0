import Foundation
import JSONValue
import Transport

/// OpenSearch: indexes of JSON documents, searched by words, by values and by vectors.
///
/// One client serves Amazon OpenSearch Service, a collection of OpenSearch Serverless, and an OpenSearch of one's
/// own. Its methods throw ``OpenSearchError``; failed calls are retried as AWS's SDKs retry, which is harmless here,
/// since every document has an id.
///
/// Serverless has no `_delete_by_query`, no `_refresh`, no `GET /` and takes no `refresh` with a write: those are
/// refused before anything is sent. A document is found there some seconds after it was written (AWS: up to a
/// minute). Its *vector search* and *time series* collections take no document ids of the writer's and refuse every
/// item written here with the reason `Document ID is not supported`; *search* collections take them.
public struct OpenSearch: Sendable {
    /// What stands behind the endpoint.
    public enum Kind: String, Sendable, Hashable {
        /// A domain of Amazon OpenSearch Service: signed for `es`.
        case service
        /// A collection of OpenSearch Serverless: signed for `aoss`.
        case serverless
        /// An OpenSearch of one's own, with a login or with none.
        case selfHosted
    }

    /// A user of an OpenSearch of one's own; sent with every request, so give it over TLS alone.
    public struct Login: Sendable, Hashable {
        public var user: String
        public var password: AWSSecretText

        public init(user: String, password: AWSSecretText) {
            self.user = user
            self.password = password
        }
    }

    public let kind: Kind
    let service: AWSService
    /// Asked for with each request, as a password may be changed meanwhile.
    let login: @Sendable () -> Login?
    let clock: any Clock<Duration>

    /// A domain, or a collection of Serverless.
    ///
    /// - Parameters:
    ///   - endpoint: of the domain or collection; neither can be made up from a region.
    ///   - timeout: of a call. The services themselves give up after 60 to 300 seconds.
    ///   - clock: what the waits of a bulk write pass on.
    /// - Throws: ``AWSError/noEndpoint(service:region:reason:)`` for an endpoint that is none.
    public init(
        _ account: AWSAccount, serverless: Bool = false, endpoint: URL, timeout: Duration = .seconds(60),
        clock: any Clock<Duration> = ContinuousClock()
    ) throws(AWSError) {
        try Self.check(endpoint, account.region)
        kind = serverless ? .serverless : .service
        login = { nil }
        self.clock = clock
        service = try account.service(
            Self.description(serverless ? "aoss" : "es"), endpoint: endpoint, timeout: timeout)
    }

    /// An OpenSearch of one's own.
    ///
    /// - Parameters:
    ///   - login: `nil` where it asks for none; asked for with each request.
    ///   - http: reaches it; it does not retry.
    ///   - attempts: of a call, the first included, 1 or more.
    /// - Throws: ``AWSError/noEndpoint(service:region:reason:)`` for an endpoint that is none.
    public init(
        endpoint: URL, login: @autoclosure @escaping @Sendable () -> Login? = nil, http: any HTTPClient,
        attempts: Int = 3,
        timeout: Duration = .seconds(60), clock: any Clock<Duration> = ContinuousClock()
    ) throws(AWSError) {
        // It lies in no region; nothing is signed.
        let region = "us-east-1"
        try Self.check(endpoint, region)
        kind = .selfHosted
        self.login = login
        self.clock = clock
        service = try AWSService(
            Self.description("es"), region: region,
            credentials: StaticCredentials(AWSCredentials(accessKeyID: "", secretAccessKey: "")), http: http,
            endpoint: endpoint, retrier: AWSRetrier(maxAttempts: attempts, clock: clock), timeout: timeout,
            skew: AWSClockSkew())
    }

    private static func description(_ name: String) -> AWSServiceDescription {
        AWSServiceDescription(endpointPrefix: name, serviceID: "OpenSearch", apiProtocol: .restJSON)
    }

    private static func check(_ endpoint: URL, _ region: String) throws(AWSError) {
        guard endpoint.scheme == "https" || endpoint.scheme == "http", endpoint.host != nil,
            endpoint.user == nil, endpoint.password == nil, endpoint.query == nil, endpoint.fragment == nil
        else {
            throw .noEndpoint(
                service: "es", region: region,
                reason: "an endpoint is an http or https URL without user, query and fragment")
        }
    }
}

/// Names and ids that OpenSearch takes.
enum OpenSearchName {
    /// Whether `name` is one index or alias: no list, no pattern, nothing that means all.
    static func isIndex(_ name: String) -> Bool {
        let isPlain = name.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte >= 0x80
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
        }
        return isPlain && (1...255).contains(name.utf8.count) && name.lowercased() == name
            && !name.hasPrefix("-") && !name.hasPrefix("_") && name != "." && name != ".."
    }

    /// Whether `id` can be a document's; `.` and `..` cannot stand in a path.
    static func isID(_ id: String) -> Bool {
        (1...512).contains(id.utf8.count) && id != "." && id != ".."
    }
}
