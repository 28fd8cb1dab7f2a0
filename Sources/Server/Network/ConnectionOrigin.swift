import Foundation
import NIOCore

/// Where a connection comes from, as far as ``ConnectionLedger`` tells one client from another.
///
/// An IPv6 client has a network of 64 bits to itself (RFC 4291, section 2.5.1) and every address in it, so the network
/// counts.
enum ConnectionOrigin: Hashable, Sendable {
    /// This machine: a person at it, or a proxy that passes on everybody's requests.
    case loopback
    case v4(UInt32)
    case v6(network: UInt64)
    /// A socket that has no address.
    case unknown

    init(_ address: SocketAddress?) {
        switch address {
        case .v4(let v4): self.init(v4: UInt32(bigEndian: v4.address.sin_addr.s_addr))
        case .v6(let v6):
            let bytes = withUnsafeBytes(of: v6.address.sin6_addr) { Array($0) }
            self.init(v6: bytes)
        case .unixDomainSocket, nil: self = .unknown
        }
    }

    /// - Parameter address: its first byte highest.
    init(v4 address: UInt32) {
        self = address >> 24 == 127 ? .loopback : .v4(address)
    }

    /// - Parameter bytes: the 16 of an address, as they are sent.
    init(v6 bytes: [UInt8]) {
        let high = Self.number(bytes.prefix(8))
        let low = Self.number(bytes.suffix(8))
        switch (high, low) {
        case (0, 1): self = .loopback
        // ::ffff:a.b.c.d is an IPv4 client of a socket that speaks both.
        case (0, 0xFFFF_0000_0000...0xFFFF_FFFF_FFFF): self.init(v4: UInt32(truncatingIfNeeded: low))
        default: self = .v6(network: high)
        }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }
}
