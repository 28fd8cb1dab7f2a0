/// A host, and which of its addresses.
struct PostgresEndpoint: Sendable, Hashable {
    var host: PostgresHost
    /// `nil` where the host's name is an address itself, or the folder of a socket.
    var address: String?
}
