import Concurrency
import Corpus
import EngineSupport
import Foundation
import HTTPTypes
import Identity
import Ingest
import TestSupport
import Testing
import VectorCollections
import VectorIndex
import Workspace

@testable import Server

/// A server with the default tenant and two others, each with a corpus, flows and sources of its own. Each has a page
/// with a word that no other one's has, and its callers have the same names.
struct TenantFixture {
    static let acme = "acme"
    static let globex = "globex"
    static let all = [Owner.defaultTenant, acme, globex]

    /// A word of the page that this tenant alone has.
    static func word(_ tenant: String) -> String {
        switch tenant {
        case acme: "zanzibar"
        case globex: "okapi"
        default: "quetzal"
        }
    }

    let application: Application
    let keys: APIKeys
    let houses: [String: JobFixture]
    /// Where keys and sessions are kept.
    let workspace: any WorkspaceDatabase

    /// - Parameters:
    ///   - engine: keeps what each of them has, apart from the others'.
    ///   - serves: whether the other tenants are served, too; their documents are there all the same.
    ///   - requestsPerMinute: of each of their callers, by tenant; without, as many as there are.
    init(
        engine: StorageEngine = .sqlite, serves: Bool = true, requestsPerMinute: [String: Int] = [:],
        signIn: ((any WorkspaceDatabase) -> SignIn)? = nil
    ) async throws {
        var houses: [String: JobFixture] = [:]
        // Unequal numbers of passages, so that one's ids are not all another's.
        for (place, tenant) in Self.all.enumerated() {
            houses[tenant] = try await Self.house(of: tenant, engine, fillers: 4 * place)
        }
        self.houses = houses
        let root = try #require(houses[Owner.defaultTenant])
        workspace = root.workspace
        keys = APIKeys(store: workspace)
        var tenants: [String: ServedTenant] = [:]
        for tenant in [Self.acme, Self.globex] {
            tenants[tenant] = try Self.served(try #require(houses[tenant]), sessions: workspace)
            tenants[tenant]?.requestsPerMinute = requestsPerMinute[tenant]
        }
        let own = try Self.served(root, sessions: workspace)
        application = Application(
            qa: own.qa, corpus: own.corpus, indexCount: own.indexCount, flows: own.flows,
            configuration: ServerConfiguration(host: "0.0.0.0"), logger: root.base.log.logger, version: "1",
            identity: ServedIdentity(keys: keys, signIn: signIn?(workspace), audit: workspace),
            ingest: own.ingest, collections: own.collections, administration: own.administration,
            metrics: ServedMetrics(isOpenToOthers: true), index: own.index, evaluations: own.evaluations,
            tenants: serves ? tenants : [:], separatesTenants: true)
    }

    private static func house(
        of tenant: String, _ engine: StorageEngine, fillers: Int
    ) async throws -> JobFixture {
        let jobs = try await JobFixture(engine: engine) { _ in [TenantSource(id: "wiki-\(tenant)")] }
        for filler in 0..<fillers {
            try await jobs.base.put(
                Document(
                    id: "filler-\(filler)", kind: .page, spaceKey: "ENG", title: "Filler \(filler)",
                    text: "Nothing of note stands here, number \(filler).", readers: .everybody))
        }
        try await jobs.base.put(
            Document(
                id: "page-of-\(tenant)", kind: .page, spaceKey: "ENG", title: "Page of \(tenant)",
                text: "The \(word(tenant)) lives in the garden of \(tenant).", readers: .everybody))
        try await jobs.base.corpus.setMembers(
            [.user("member-of-\(tenant)")], of: .group("group-of-\(tenant)"))
        return jobs
    }

    private static func served(_ jobs: JobFixture, sessions: any WorkspaceDatabase) throws -> ServedTenant {
        let fixture = jobs.base
        var flows = fixture.flows
        flows.uploads = ResumableUploads(
            folder: jobs.folder.url.appendingPathComponent("unfinished"),
            limits: .init(bytesPerOwner: 1 << 20), logger: fixture.log.logger)
        return ServedTenant(
            qa: try fixture.qa(), corpus: fixture.corpus,
            indexCount: { [index = fixture.index] in index.count },
            flows: flows,
            ingest: ServedIngest(jobs: jobs.jobs, store: fixture.corpus, feedback: jobs.workspace),
            collections: try VectorCollections.open(
                at: jobs.folder.url.appendingPathComponent("collections")),
            administration: ServedAdministration(
                usage: UsageMeter(store: jobs.workspace, logger: fixture.log.logger),
                members: fixture.corpus as? any MemberCatalog, sessions: sessions),
            metrics: ServedMetrics(tracer: fixture.tracer), index: try .empty(beside: fixture),
            evaluations: EvaluationJobs(
                store: jobs.workspace, qa: try fixture.qa(), scopes: fixture.corpus,
                logger: fixture.log.logger))
    }

    /// A key of a tenant that may do everything, for somebody who has the same name in each.
    func key(of tenant: String) async throws -> String {
        try await keys.create(
            KeyRequest(
                name: "k", principals: [.user("ada")], scopes: Set(Scope.allCases.map(\.rawValue))),
            tenant: tenant, by: "test"
        ).secret.text
    }

    /// What the server answers.
    func respond(
        _ method: HTTPRequest.Method, _ target: String, json: String? = nil, upload: Data? = nil,
        as key: String, headers: HTTPFields = [:]
    ) async -> APIResponse {
        var headers = headers
        headers[.apiKey] = key
        if headers[.contentType] == nil {
            headers[.contentType] = upload == nil ? "application/json" : "application/octet-stream"
        }
        let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
        let pieces = upload.map { [$0] } ?? []
        return await application.respond(
            to: APIRequest(
                method: method, path: parts[0], query: parts.count > 1 ? parts[1] : nil,
                host: "millrace.example", headers: headers, body: Data((json ?? "").utf8),
                peer: "203.0.113.9", id: "x"),
            body: BodySource(whole: { upload ?? Data() }, pieces: { _ in PulledSequence(pieces) }))
    }
}
