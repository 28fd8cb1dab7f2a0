/// Where a service is found.
///
/// Hosts are `PREFIX[-fips].REGION.SUFFIX`, the suffix being the partition's, one for IPv4 and one for
/// dual-stack. What departs from that stands in ``AWSEndpointTable``; `endpoints.jsonl` of the fixtures holds
/// what botocore's rules say of the services listed there and some more.
public enum AWSEndpoint {
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

    /// The URL of a service in a region, without a slash at its end.
    ///
    /// - Parameter service: the endpoint prefix.
    /// - Throws: ``AWSError/noEndpoint(service:region:reason:)``.
    public static func url(
        of service: String, region: String, variant: Variant = []
    ) throws(AWSError) -> String {
        guard let partition = AWSPartition.of(region: region) else {
            let known = AWSPartition.all.map(\.id).joined(separator: ", ")
            throw .noEndpoint(
                service: service, region: region,
                reason: "it is not a region such as eu-central-1 of the partitions \(known)")
        }
        let exception = AWSEndpointTable.exceptions.first {
            $0.service == service && $0.variant == variant
                && ($0.partitions.isEmpty || $0.partitions.contains(partition.id))
                && ($0.regions.isEmpty || $0.regions.contains(region))
        }
        let standard = AWSEndpointTable.Host(
            prefix: variant.contains(.fips) ? service + "-fips" : service,
            isDualStack: variant.contains(.dualStack))
        guard let host = exception.map(\.host) ?? standard else {
            throw .noEndpoint(
                service: service, region: region, reason: "the partition \(partition.id) has none with FIPS")
        }
        let suffix = host.isDualStack ? partition.dualStackSuffix : partition.suffix
        return "https://\(host.prefix).\(region).\(suffix)"
    }
}

/// A part of AWS with accounts and a domain of its own.
struct AWSPartition: Sendable, Hashable {
    let id: String
    let suffix: String
    let dualStackSuffix: String
    /// What its regions' names begin with: an area, then a direction and a number.
    let areas: Set<String>

    static let all = [
        AWSPartition(
            id: "aws", suffix: "amazonaws.com", dualStackSuffix: "api.aws",
            areas: ["us", "eu", "ap", "sa", "ca", "me", "af", "il", "mx"]),
        AWSPartition(
            id: "aws-cn", suffix: "amazonaws.com.cn", dualStackSuffix: "api.amazonwebservices.com.cn",
            areas: ["cn"]),
        AWSPartition(
            id: "aws-us-gov", suffix: "amazonaws.com", dualStackSuffix: "api.aws", areas: ["us-gov"]),
    ]

    /// `nil` for what has not a region's form, or lies in a partition of its own that is not served.
    static func of(region: String) -> AWSPartition? {
        let parts = region.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 3, let number = parts.last, !number.isEmpty,
            number.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        let direction = parts[parts.count - 2]
        guard !direction.isEmpty,
            direction.utf8.allSatisfy({ (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) })
        else { return nil }
        let area = parts.dropLast(2).joined(separator: "-")
        return all.first { $0.areas.contains(area) }
    }
}
