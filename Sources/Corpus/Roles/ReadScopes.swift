/// Where a request's right to read is made. Only who knows the caller holds this role: a server's door, a command
/// line.
public protocol ReadScopes: Sendable {
    /// What `reader` may read, for one request.
    func scope(for reader: Reader) -> ReadScope
}
