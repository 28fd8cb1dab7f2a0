/// A host as a `Host` header, a setting or a peer's address gives it, without port and brackets.
struct HostName: Hashable, Sendable {
    /// In lower case; a trailing dot is gone.
    let name: String

    /// - Parameter text: `localhost`, `127.0.0.1:8080`, `[::1]:8080`, `::1`.
    init(_ text: String) {
        var host = Substring(text)
        if host.utf8.first == UInt8(ascii: "["), let close = host.firstIndex(of: "]") {
            host = host[host.index(after: host.startIndex)..<close]
        } else if let colon = host.utf8.firstIndex(of: UInt8(ascii: ":")),
            colon == host.utf8.lastIndex(of: UInt8(ascii: ":"))
        {
            host = host[..<colon]
        }
        if host.utf8.last == UInt8(ascii: ".") { host = host.dropLast() }
        name = host.lowercased()
    }

    /// Whether it can only mean this machine: `localhost` and names under it, `127.0.0.0/8`, `::1`.
    ///
    /// `127.evil.example` is a name like any other, so each of the four parts must be a number.
    var isLoopback: Bool {
        if name == "localhost" || name == "127.0.0.1" || name.hasSuffix(".localhost") || name == "::1" {
            return true
        }
        let address = name.hasPrefix("::ffff:") ? name.dropFirst("::ffff:".count) : Substring(name)
        let parts = address.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.first == "127"
            && parts.allSatisfy { part in part.allSatisfy { ("0"..."9").contains($0) } && UInt8(part) != nil }
    }
}
