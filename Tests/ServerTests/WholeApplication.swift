import Corpus
import Foundation
import Identity
import Ingest
import Models
import TestSupport
import VectorCollections
import Workspace

@testable import Server

/// An application with every operation that there can be.
struct WholeApplication {
    /// Has what the application works on, and its folder.
    let jobs: JobFixture
    let application: Application

    init(_ configuration: ServerConfiguration = ServerConfiguration()) async throws {
        jobs = try await JobFixture()
        let (fixture, workspace) = (jobs.base, jobs.workspace)
        let issuer = TokenIssuer(issuer: "https://issuer.example", audiences: ["millrace"])
        let client = UnreachableHTTPClient()
        var flows = fixture.flows
        flows.uploads = ResumableUploads(
            folder: jobs.folder.url.appendingPathComponent("unfinished"),
            limits: .init(bytesPerOwner: 1 << 20), logger: fixture.log.logger)
        application = Application(
            qa: try fixture.qa(), corpus: fixture.corpus, indexCount: { 0 }, flows: flows,
            configuration: configuration,
            logger: fixture.log.logger, version: "1",
            webhooks: [WebhookReceiver(name: "confluence") { _, _ in 0 }],
            identity: ServedIdentity(
                keys: APIKeys(store: workspace), tokens: TokenVerifier([issuer], client: client),
                signIn: SignIn(
                    SignInConfiguration(
                        issuer: issuer, clientID: "millrace", publicURL: "https://millrace.example"),
                    sessions: workspace, client: client, seal: { $0 }, unseal: { $0 }),
                audit: workspace, issuers: [issuer.issuer]),
            ingest: ServedIngest(
                jobs: jobs.jobs, store: fixture.corpus, feedback: workspace,
                sources: RuntimeSources(
                    store: workspace, jobs: jobs.jobs, corpus: fixture.corpus, seal: VariableSeal(SealKeys()),
                    logger: fixture.log.logger, checkedAddress: { $0 }
                ) { _, _ in throw IngestJobError.noSuchSource(id: "", known: []) }),
            collections: try VectorCollections.open(
                at: jobs.folder.url.appendingPathComponent("collections")),
            administration: ServedAdministration(
                settings: ServedSettings(file: nil, settings: []),
                usage: UsageMeter(store: workspace, logger: fixture.log.logger),
                members: fixture.corpus as? any MemberCatalog, sessions: workspace),
            index: try .empty(beside: fixture),
            evaluations: EvaluationJobs(
                store: workspace, qa: try fixture.qa(), scopes: fixture.corpus, logger: fixture.log.logger)
        )
    }
}
