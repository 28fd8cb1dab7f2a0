/// Which addresses a client may connect to, judged where the connection is made.
///
/// Names, redirects and the many ways to write an address do not matter to it: it is asked with the address that the
/// system is about to connect to, for every connection, so a name that resolves otherwise a moment later (DNS
/// rebinding) changes nothing. A connection that is used again was judged when it was made.
///
/// Of all ranges that hold an address the longest prefix decides, as in routing; of equally long ones a denied range
/// goes before an allowed one, and both before the standard ones. What stands in no range is allowed. The standard
/// ranges are ``standard``. Whatever is allowed, link-local addresses and those where clouds hand out credentials are
/// not: ``isMetadata(_:)``.
///
/// - Forms that carry an IPv4 address: `::ffff:a.b.c.d` is judged as that IPv4 address, for that is what is connected
///   to; of NAT64's `64:ff9b::a.b.c.d` both must be allowed; IPv4-compatible addresses, 6to4, Teredo and local-use NAT64
///   are denied whole.
public struct AddressGuard: Sendable, Hashable {
    /// A range and what is done with its addresses.
    public struct Rule: Sendable, Hashable {
        public var range: AddressRange
        public var isAllowed: Bool

        public init(_ range: AddressRange, isAllowed: Bool) {
            self.range = range
            self.isAllowed = isAllowed
        }
    }

    /// The longest prefix first; of equal ones the one that goes before.
    private let rules: [Rule]

    /// The standard ranges, and others that change them.
    ///
    /// - Parameters:
    ///   - allowed: exceptions, such as `10.1.0.0/16` for services of one's own; never of what ``isMetadata(_:)`` is
    ///     true for.
    ///   - denied: further ranges, such as the public addresses of one's own network.
    public init(allowing allowed: [AddressRange] = [], denying denied: [AddressRange] = []) {
        let given = denied.map { Rule($0, isAllowed: false) } + allowed.map { Rule($0, isAllowed: true) }
        let all = (given + Self.standard).enumerated()
        rules = all.sorted { left, right in
            let (leftLength, rightLength) = (
                left.element.range.prefixLength, right.element.range.prefixLength
            )
            return leftLength == rightLength ? left.offset < right.offset : leftLength > rightLength
        }.map(\.element)
    }

    public func allows(_ address: IPAddress) -> Bool {
        guard !Self.isMetadata(address) else { return false }
        let address = address.unmapped
        return isAllowed(address) && (address.translated.map(isAllowed) ?? true)
    }

    private func isAllowed(_ address: IPAddress) -> Bool {
        rules.first { $0.range.contains(address) }?.isAllowed ?? true
    }
}
