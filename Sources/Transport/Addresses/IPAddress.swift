import Foundation

/// An address of IPv4 or IPv6, as the network layer has it: without a port, a zone or a name.
public struct IPAddress: Sendable, Hashable {
    /// The address's bytes as they go over the network: 4 for IPv4, 16 for IPv6.
    public let bytes: [UInt8]

    public var isIPv4: Bool { bytes.count == 4 }

    /// - Returns: `nil` unless there are 4 or 16 bytes.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = Array(bytes)
    }

    /// Four decimal numbers or the text forms of RFC 4291 §2.2, without brackets.
    ///
    /// - Returns: `nil` for anything else, octal and shortened forms of IPv4 among it.
    public init?(_ text: String) {
        let isIPv4 = !text.contains(":")
        var bytes = [UInt8](repeating: 0, count: isIPv4 ? 4 : 16)
        // The bytes that inet_pton writes are 4 for AF_INET and 16 for AF_INET6: those that are there.
        guard inet_pton(isIPv4 ? AF_INET : AF_INET6, text, &bytes) == 1 else { return nil }
        self.bytes = bytes
    }
}

extension IPAddress {
    /// The address that the system connects to: of `::ffff:a.b.c.d` (RFC 4291 §2.5.5.2) the IPv4 one within.
    public var unmapped: IPAddress {
        guard bytes.count == 16, bytes[..<10].allSatisfy({ $0 == 0 }), bytes[10] == 0xFF, bytes[11] == 0xFF
        else { return self }
        return IPAddress(bytes: bytes[12...]) ?? self
    }

    /// The IPv4 address that a NAT64 gateway would connect to for `64:ff9b::a.b.c.d` (RFC 6052 §2.1).
    var translated: IPAddress? {
        guard bytes.count == 16, bytes[..<4] == [0x00, 0x64, 0xFF, 0x9B],
            bytes[4..<12].allSatisfy({ $0 == 0 })
        else { return nil }
        return IPAddress(bytes: bytes[12...])
    }
}

extension IPAddress: CustomStringConvertible {
    public var description: String {
        guard !isIPv4 else { return bytes.map { "\($0)" }.joined(separator: ".") }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(AF_INET6, bytes, &text, socklen_t(text.count)) != nil else {
            return bytes.hexadecimal
        }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
