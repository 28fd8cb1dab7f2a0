import Corpus
import Server
import ServiceLifecycle
import VectorIndex
import Workspace

extension Services {
    /// What is served of a tenant, and what keeps it running.
    struct Tenants {
        var served: [String: ServedTenant] = [:]
        /// Their graphs.
        var houses: [String: Services] = [:]
        var services: [any Service] = []
    }

    /// All tenants but the default one, each opened now: what waits in their queues goes on, whether or not anybody asks.
    ///
    /// - Parameter disk: looks for room for all of them.
    func servedTenants(_ disk: DiskSpace) async throws -> Tenants {
        var tenants = Tenants()
        for (name, house) in try houses() {
            try await house.serve(as: name, disk, in: &tenants)
            tenants.houses[name] = house
        }
        return tenants
    }

    private func serve(as name: String, _ disk: DiskSpace, in tenants: inout Tenants) async throws {
        let qa = try await questionAnswering()
        let index = try await index()
        let flows = try await flows()
        let evaluations = try await evaluations()
        let collections = try await collections()
        let usage = try usageMeter()
        tenants.served[name] = ServedTenant(
            qa: qa, corpus: try shownCorpus(), indexCount: { index.store.count }, flows: flows,
            ingest: try await servedIngest(), collections: collections,
            // The settings are those of whoever runs the server, and name other tenants.
            administration: ServedAdministration(
                usage: usage, members: try corpus() as? any MemberCatalog, sessions: try await sessions(),
                disk: disk),
            metrics: try await servedMetrics(), index: try await servedIndex(), evaluations: evaluations,
            shared: try redis()?.shared ?? SharedMemory(),
            requestsPerMinute: settings[\.server.requestsPerMinute])
        tenants.services += try await workers(flows.service)
        tenants.services += try await jobServices()
        tenants.services += [service(of: collections), UsageService(meter: usage)]
        if let uploads = flows.uploads { tenants.services.append(UploadsService(uploads: uploads)) }
        tenants.services.append(EvaluationService(jobs: evaluations))
        tenants.services += try traceServices()
    }
}
