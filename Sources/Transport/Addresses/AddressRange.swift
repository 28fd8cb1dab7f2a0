/// Neighbouring addresses that share their first bits, as CIDR writes them (RFC 4632): `10.0.0.0/8`, `fd00::/8`.
public struct AddressRange: Sendable, Hashable {
    /// The first address of the range.
    public let first: IPAddress
    /// Bits that all addresses of the range share: 0 to 32, or to 128.
    public let prefixLength: Int

    /// Why a text names no range.
    public enum Fault: Error, Sendable, Hashable {
        case noAddress(String)
        case wrongLength(String, limit: Int)
        /// The address has bits behind the prefix, so that it is not clear what was meant.
        case notTheFirst(String, prefixLength: Int)
    }

    /// `10.0.0.0/8`, or an address alone for the range of that one.
    public init(_ text: String) throws(Fault) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first.flatMap({ IPAddress(String($0)) }) else { throw .noAddress(text) }
        let limit = first.bytes.count * 8
        guard parts.count > 1 else {
            self.init(first: first, prefixLength: limit)
            return
        }
        guard parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let length = Int(parts[1]),
            length <= limit
        else { throw .wrongLength(text, limit: limit) }
        self.init(first: first, prefixLength: length)
        guard AddressRange.cleared(first, behind: length) == first else {
            throw .notTheFirst(text, prefixLength: length)
        }
    }

    private init(first: IPAddress, prefixLength: Int) {
        self.first = first
        self.prefixLength = prefixLength
    }

    /// A range of the tables here.
    ///
    /// - Parameter bytes: those of the first address that are not all zero at the end.
    static func known(_ bytes: [UInt8], _ prefixLength: Int, isIPv4: Bool = false) -> AddressRange {
        let count = isIPv4 ? 4 : 16
        let all = bytes + Array(repeating: 0, count: max(0, count - bytes.count))
        guard let first = IPAddress(bytes: all) else {
            preconditionFailure("\(bytes) is no address's beginning")
        }
        return AddressRange(first: first, prefixLength: prefixLength)
    }

    public func contains(_ address: IPAddress) -> Bool {
        guard address.bytes.count == first.bytes.count else { return false }
        return Self.cleared(address, behind: prefixLength) == first
    }

    private static func cleared(_ address: IPAddress, behind prefixLength: Int) -> IPAddress {
        let bytes = address.bytes.enumerated().map { offset, byte in
            let kept = min(8, max(0, prefixLength - offset * 8))
            return byte & ~UInt8(truncatingIfNeeded: 0xFF >> kept)
        }
        return IPAddress(bytes: bytes) ?? address
    }
}

extension AddressRange: CustomStringConvertible {
    public var description: String { "\(first)/\(prefixLength)" }
}

extension AddressRange.Fault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noAddress(let text):
            "“\(text.prefix(100))” is no range of addresses. Write one such as 10.0.0.0/8, fd00::/8 or 10.1.2.3."
        case .wrongLength(let text, let limit):
            "The range “\(text.prefix(100))” must have a length between 0 and \(limit) behind its “/”."
        case .notTheFirst(let text, let prefixLength):
            """
            The address of “\(text.prefix(100))” has more than its first \(prefixLength) bits set. Write the first \
            address of the range, or a longer prefix.
            """
        }
    }
}
