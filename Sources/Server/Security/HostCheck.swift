/// Refuses requests that a browser was tricked into (DNS rebinding).
///
/// A page of a foreign site can make its own name resolve to 127.0.0.1 and then read what answers there as
/// its own. Its requests carry that name as `Host`, so a server that only this machine can reach answers to
/// this machine's names alone. A server open to the network has names that it cannot know. A request without `Host`, as
/// the health checks of some proxies send it in HTTP/1.0, is no browser's.
struct HostCheck: Sendable {
    private let allowed: Set<HostName>?

    init(_ configuration: ServerConfiguration) {
        allowed =
            configuration.isLoopbackOnly
            ? Set((configuration.allowedHosts + [configuration.host]).map { HostName($0) }) : nil
    }

    /// - Throws: ``RequestFault/hostNotAllowed(host:)``.
    func check(_ request: APIRequest) throws(RequestFault) {
        guard let allowed, let named = request.host else { return }
        let host = HostName(named)
        guard host.isLoopback || allowed.contains(host) else {
            throw .hostNotAllowed(host: String(host.name.prefix(100)))
        }
    }
}
