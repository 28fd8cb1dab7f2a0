extension AddressGuard {
    /// What is not of the public internet, by IANA's registries of special-purpose addresses (RFC 6890 and what has
    /// been added to it since), and addresses where clouds hand out credentials.
    ///
    /// Of IPv6 only global unicast is allowed, 2000::/3, and of it not what is set aside.
    public static let standard: [Rule] =
        deniedIPv4.map { Rule(.known($0.0, $0.1, isIPv4: true), isAllowed: false) }
        + [
            // Everything that is not global unicast: unspecified and loopback, IPv4-compatible (::/96), local-use NAT64
            // (64:ff9b:1::/48, RFC 8215), discard-only, unique-local (fc00::/7), link-local (fe80::/10), site-local
            // (fec0::/10), multicast (ff00::/8) and what is not assigned.
            Rule(.known([], 0), isAllowed: false),
            Rule(.known([0x20], 3), isAllowed: true),
            // NAT64 (RFC 6052): the IPv4 address within is judged too.
            Rule(.known([0x00, 0x64, 0xFF, 0x9B], 96), isAllowed: true),
        ] + deniedIPv6.map { Rule(.known($0.0, $0.1), isAllowed: false) }

    private static let deniedIPv4: [([UInt8], Int)] = [
        // “This network” (RFC 791); Linux connects 0.0.0.0 to itself.
        ([0], 8),
        // Private (RFC 1918).
        ([10], 8), ([172, 16], 12), ([192, 168], 16),
        // Shared by carriers (RFC 6598), with the metadata service of Alibaba Cloud.
        ([100, 64], 10),
        // Loopback (RFC 1122).
        ([127], 8),
        // Link-local (RFC 3927), with the metadata services of most clouds.
        ([169, 254], 16),
        // Assignments of the IETF (RFC 6890), with the metadata service of Oracle Cloud.
        ([192, 0, 0], 24),
        // Documentation (RFC 5737) and benchmarks (RFC 2544).
        ([192, 0, 2], 24), ([198, 51, 100], 24), ([203, 0, 113], 24), ([198, 18], 15),
        // Relays of 6to4 (RFC 7526).
        ([192, 88, 99], 24),
        // Azure's platform, at a public address.
        ([168, 63, 129, 16], 32),
        // Multicast (RFC 5771), reserved (RFC 1112) and broadcast.
        ([224], 4), ([240], 4),
    ]

    /// Of global unicast.
    private static let deniedIPv6: [([UInt8], Int)] = [
        // Assignments of the IETF (RFC 2928): Teredo (2001::/32, RFC 4380), benchmarks, ORCHID.
        ([0x20, 0x01, 0x00, 0x00], 23),
        // 6to4 (RFC 3056), which carries any IPv4 address.
        ([0x20, 0x02], 16),
        // Documentation (RFC 3849, RFC 9637).
        ([0x20, 0x01, 0x0D, 0xB8], 32), ([0x3F, 0xFF], 20),
    ]
}
