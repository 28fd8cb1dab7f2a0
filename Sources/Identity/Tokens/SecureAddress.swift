import Transport

/// Which addresses an issuer's own documents may send this server and its people to.
enum SecureAddress {
    /// Whether what goes there cannot be read or changed on its way: over TLS, or without leaving this machine, where the
    /// issuer itself is on it.
    ///
    /// - Parameter issuer: who names the address.
    static func allows(_ address: String, namedBy issuer: String) -> Bool {
        guard let url = try? WebURL(address) else { return false }
        if url.scheme == "https" { return true }
        guard let own = try? WebURL(issuer), own.scheme == "http" else { return false }
        return isThisMachine(own.host) && isThisMachine(url.host)
    }

    private static func isThisMachine(_ host: String) -> Bool {
        host == "localhost" || host == "[::1]" || host == "127.0.0.1"
    }
}
