import HTTPTypes
import Logging
import Workspace

extension Application {
    /// What the applications of all tenants have in common.
    struct Common: Sendable {
        var configuration: ServerConfiguration
        var logger: Logger
        var version: String
        /// Keys and tokens say which tenant somebody belongs to.
        var identity: ServedIdentity
        /// One for all: they share the machine.
        var limiter: RunLimiter
    }

    /// An application for each tenant, by its name.
    static func houses(of tenants: [String: ServedTenant], _ common: Common) -> [String: Application] {
        let served = Set(tenants.keys).union([Owner.defaultTenant])
        return Dictionary(
            uniqueKeysWithValues: tenants.map { name, tenant in
                (name, house(of: name, tenant, common, Tenancy(own: name, served: served)))
            })
    }

    private static func house(
        of name: String, _ tenant: ServedTenant, _ common: Common, _ tenancy: Tenancy
    ) -> Application {
        var configuration = common.configuration
        configuration.requestsPerMinute = tenant.requestsPerMinute
        return Application(
            qa: tenant.qa, corpus: tenant.corpus, indexCount: tenant.indexCount, flows: tenant.flows,
            configuration: configuration, logger: common.logger, version: common.version,
            identity: common.identity, ingest: tenant.ingest, collections: tenant.collections,
            administration: tenant.administration, metrics: tenant.metrics, index: tenant.index,
            evaluations: tenant.evaluations, shared: tenant.shared, limiter: common.limiter,
            tenancy: tenancy)
    }

    /// The request with whoever makes it, where that can be told already: their tenant decides which application
    /// answers. Of whoever cannot be told, and of what is open to everybody, this one says what there is to say.
    func identified(_ request: APIRequest) async -> APIRequest {
        var known = known(request)
        guard (try? hostCheck.check(known)) != nil,
            let match = try? router.match(method: known.method, path: known.path),
            match.operation.asksForCallers
        else { return request }
        if known.method == .post, !JSONBody.isJSON(known) {
            guard (try? OriginCheck.check(known)) != nil else { return request }
        }
        // As the socket itself finds out who opens it: no cookie is changed for another, and those of pages of other
        // sites do not count.
        if match.operation.isWebSocket {
            known.isMessage = true
            if known.hasAdmittedOrigin { known.headers[values: .cookie] = [] }
        }
        var identified = request
        identified.found = try? await door.callers.caller(of: known)
        return identified
    }
}

extension Operation {
    /// Whether it is done in somebody's name.
    var asksForCallers: Bool {
        switch access {
        case .caller, .scope: true
        case .open, .signature: false
        }
    }
}
