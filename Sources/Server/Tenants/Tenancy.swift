import Workspace

/// Whose documents an application is about.
///
/// Each tenant has an application of its own, over a corpus of its own, so that no operation can reach another's. The
/// door of each checks once more that only its own callers come in.
struct Tenancy: Sendable, Hashable {
    /// The tenant of this application.
    let own: String
    /// All that are served by this server.
    let served: Set<String>

    /// - Parameter isOfAny: whether a caller of any tenant that is served will do.
    /// - Throws: ``RequestFault/noSuchTenant(_:)``, of a tenant that is served elsewhere as of one that is not at all.
    func check(_ owner: Owner, isOfAny: Bool) throws(RequestFault) {
        guard owner.tenant == own || isOfAny && served.contains(owner.tenant) else {
            throw .noSuchTenant(owner.tenant)
        }
    }
}
