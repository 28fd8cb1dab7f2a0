/// A part of AWS with accounts and a domain of its own: the world's, China's, the governments'.
public struct AWSPartition: Sendable, Hashable {
    /// For example `aws`, `aws-cn`, `aws-us-gov`; the second part of every ARN.
    public let id: String
    /// What the names of its regions are like, those of tomorrow included.
    let regionPattern: String
    public let suffix: String
    public let dualStackSuffix: String
    /// Where its services without a region are signed for.
    public let globalRegion: String
    /// Those that are known.
    public let regions: Set<String>

    /// Every partition that botocore knows.
    public static var all: [AWSPartition] { AWSEndpointTable.partitions }

    /// The partition that a region lies in; `nil` for what is no region's name.
    public static func of(region: String) -> AWSPartition? {
        if let listed = all.first(where: { $0.regions.contains(region) }) { return listed }
        // The patterns' classes know other alphabets' letters and digits; a host's name does not.
        guard isName(region) else { return nil }
        return all.first { partition in
            guard let pattern = try? Regex(partition.regionPattern) else { return false }
            return region.wholeMatch(of: pattern) != nil
        }
    }

    /// Whether a text has a region's characters alone: `a` to `z`, digits and `-`.
    static func isName(_ region: String) -> Bool {
        !region.isEmpty
            && region.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte == UInt8(ascii: "-")
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            }
    }
}
