extension AddressGuard {
    /// Where clouds hand out credentials to whoever asks from within, and what a link alone has. No setting opens them:
    /// an allow-list of hosts or networks is about services of one's own, and none of them lives here.
    static let metadata: [AddressRange] = [
        // Link-local (RFC 3927, RFC 4291): 169.254.169.254 of most clouds, 169.254.170.2 and .23 of containers on AWS.
        .known([169, 254], 16, isIPv4: true),
        .known([0xFE, 0x80], 10),
        // Alibaba Cloud, Oracle Cloud, and Azure's platform.
        .known([100, 100, 100, 200], 32, isIPv4: true),
        .known([192, 0, 0, 192], 32, isIPv4: true),
        .known([168, 63, 129, 16], 32, isIPv4: true),
        // AWS within its unique-local network, of instances (::254) and of pods (::23).
        .known([0xFD, 0x00, 0x0E, 0xC2], 32),
        // Google Cloud, fd20:ce::254.
        .known([0xFD, 0x20, 0x00, 0xCE] + Array(repeating: 0, count: 10) + [0x02, 0x54], 128),
    ]

    /// Whether an address, or the IPv4 address that it carries in any form, is one that no setting opens.
    ///
    /// It is for those who cannot judge where the connection is made, such as before a proxy; ``allows(_:)`` asks it by
    /// itself.
    public static func isMetadata(_ address: IPAddress) -> Bool {
        ([address] + address.carried).contains { one in metadata.contains { $0.contains(one) } }
    }
}

extension IPAddress {
    /// The IPv4 addresses that an IPv6 address may carry: `::ffff:a.b.c.d`, `::a.b.c.d` (RFC 4291), NAT64's
    /// `64:ff9b::/96` and local-use `64:ff9b:1::/48` with any of its lengths (RFC 6052 §2.2, RFC 8215), 6to4 (RFC 3056)
    /// and Teredo (RFC 4380, where the bits are turned over).
    fileprivate var carried: [IPAddress] {
        guard bytes.count == 16 else { return [] }
        let last = Array(bytes[12...])
        if bytes[..<10].allSatisfy({ $0 == 0 }), bytes[10...11] == [0xFF, 0xFF] || bytes[10...11] == [0, 0] {
            return Self.addresses([last])
        }
        if bytes[..<4] == [0x00, 0x64, 0xFF, 0x9B] {
            // The byte at 8 is kept free of bits of the address.
            return Self.addresses([
                last, Array(bytes[6...7] + bytes[9...10]), Array(bytes[7...7] + bytes[9...11]),
                Array(bytes[9...12]),
            ])
        }
        if bytes[..<2] == [0x20, 0x02] { return Self.addresses([Array(bytes[2...5])]) }
        if bytes[..<4] == [0x20, 0x01, 0x00, 0x00] {
            return Self.addresses([Array(bytes[4...7]), last.map { ~$0 }])
        }
        return []
    }

    private static func addresses(_ all: [[UInt8]]) -> [IPAddress] { all.compactMap { IPAddress(bytes: $0) } }
}
