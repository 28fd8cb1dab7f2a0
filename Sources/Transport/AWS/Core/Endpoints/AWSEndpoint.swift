/// Where a service is found.
///
/// Hosts are `PREFIX[-fips].REGION.SUFFIX`, the suffix being the partition's, one for IPv4 and one for
/// dual-stack. What departs from that stands in ``AWSEndpointTable``; `endpoints.jsonl` of the fixtures holds
/// what botocore's rules say.
public struct AWSEndpoint: Sendable, Hashable {
    /// Scheme and host, without a slash at the end.
    public var url: String
    /// The region that requests are signed for: another than the one asked for where a service has no regions.
    public var signingRegion: String

    public init(url: String, signingRegion: String) {
        self.url = url
        self.signingRegion = signingRegion
    }

    /// Which of a service's hosts.
    public struct Variant: OptionSet, Sendable, Hashable {
        public let rawValue: Int

        public init(rawValue: Int) {
            self.rawValue = rawValue
        }

        /// Reached by IPv4 and IPv6.
        public static let dualStack = Variant(rawValue: 1)
        /// With cryptography validated under FIPS 140.
        public static let fips = Variant(rawValue: 2)
    }

    /// AWS's own endpoint of a service in a region.
    ///
    /// - Parameter service: the endpoint prefix.
    /// - Throws: ``AWSError/noEndpoint(service:region:reason:)``.
    public static func of(
        _ service: String, region: String, variant: Variant = []
    ) throws(AWSError) -> AWSEndpoint {
        guard let partition = AWSPartition.of(region: region) else {
            let known = AWSPartition.all.map(\.id).joined(separator: ", ")
            throw .noEndpoint(
                service: service, region: region,
                reason: "it is not a region such as eu-central-1 of the partitions \(known)")
        }
        let row = AWSEndpointTable.rows[service]?.first {
            $0.variant == variant
                && ($0.partitions.isEmpty || $0.partitions.contains(Substring(partition.id)))
                && ($0.regions.isEmpty || $0.regions.contains(Substring(region)))
        }
        let isFIPS = variant.contains(.fips)
        let suffix = variant.contains(.dualStack) ? "{d}" : "{s}"
        let common = "https://\(service)\(isFIPS ? "-fips" : "").{r}.\(suffix)"
        guard let template = row.map(\.template) ?? common else {
            throw .noEndpoint(
                service: service, region: region,
                reason: "the partition \(partition.id) has none with \(variant.words)")
        }
        let url = template.replacing("{r}", with: region).replacing("{s}", with: partition.suffix)
            .replacing("{d}", with: partition.dualStackSuffix)
        return AWSEndpoint(url: url, signingRegion: row?.signingRegion ?? region)
    }

    /// The URL of a service in a region, without a slash at its end.
    ///
    /// - Parameter service: the endpoint prefix.
    /// - Throws: ``AWSError/noEndpoint(service:region:reason:)``.
    public static func url(
        of service: String, region: String, variant: Variant = []
    ) throws(AWSError) -> String {
        try of(service, region: region, variant: variant).url
    }
}

extension AWSEndpoint.Variant {
    fileprivate var words: String {
        switch self {
        case [.dualStack, .fips]: "dual-stack and FIPS"
        case .dualStack: "dual-stack"
        case .fips: "FIPS"
        default: "plain hosts"
        }
    }
}
