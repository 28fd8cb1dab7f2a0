import Confluence
import Corpus
import CorpusSQLite
import Foundation
import HTTPTypes
import Ingest
import Sourcing
import TestSupport
import Testing
import Transport
import Workspace

@testable import Server

/// A live Confluence of a test, as an administrator adds it.
struct AddedSource: JobSource {
    let id: String
    private let definition: SourceDefinition
    private let secret: String
    private let client: any HTTPClient
    private let corpus: any CorpusStore
    private let addresses: SiteAddresses

    init(
        _ stored: StoredSource, secret: String, corpus: any CorpusStore, addresses: SiteAddresses
    ) throws {
        id = stored.id
        definition = stored.definition
        self.secret = secret
        self.corpus = corpus
        self.addresses = addresses
        client = try addresses.client(HTTPClientConfiguration())
    }

    private func source(_ corpus: any CorpusStore) throws -> ConfluenceSource {
        var configuration = ConfluenceConfiguration(
            baseURL: try #require(URL(string: definition.baseURL)), flavour: .cloud,
            authentication: .basic(user: definition.email ?? "", token: secret), spaces: definition.spaces)
        configuration.ledger = RuntimeSources.ledger(of: id, baseURL: definition.baseURL)
        return try ConfluenceSource(configuration: configuration, client: client, corpus: corpus)
    }

    var description: JobSourceDescription {
        JobSourceDescription(
            kind: "confluence", dialect: "cloud", baseURL: definition.baseURL,
            ledger: RuntimeSources.ledger(of: id, baseURL: definition.baseURL), spaces: [],
            excludedSpaces: [], signIn: "basic")
    }

    func check() async -> SourceCheck {
        do {
            let spaces = try await source(corpus).visibleSpaces()
            return SourceCheck(
                steps: [.init(name: "connection", isGood: true, message: "it answers")],
                visibleSpaces: spaces.count)
        } catch {
            return SourceCheck(
                steps: [.init(name: "connection", isGood: false, message: SiteAddresses.told(error))])
        }
    }

    func spaces() async throws -> [SourceSpace] {
        try await source(corpus).visibleSpaces().map { SourceSpace(space: $0.space, isChosen: $0.isRead) }
    }

    func check(_ scope: IngestJob.Scope, isDryRun: Bool) throws(IngestJobError) {}

    func mayRead(space key: String) -> Bool { definition.spaces.isEmpty || definition.spaces.contains(key) }

    func mayRead(document id: String, account: String) async throws -> Bool {
        try await source(corpus).mayRead(content: id, account: account)
    }

    func documents(of scope: IngestJob.Scope, isDryRun: Bool) async throws -> any DocumentSource {
        try source(isDryRun ? SQLiteCorpus.inMemory() : corpus)
    }
}

extension JobFixture {
    /// A fixture whose administrators may add sources of this machine, and a site to add.
    static func withSources(
        allowing allowed: [String] = ["127.0.0.1/32"], verifier: ReadVerifier? = nil
    ) async throws -> (fixture: JobFixture, site: ChildServer) {
        var fixture = try await JobFixture(verifier: verifier)
        let site = try ChildServer(
            script: Fixtures.url("confluence-server/server.py").path, arguments: ["--flavour", "cloud"])
        let (corpus, log) = (fixture.base.corpus, fixture.base.log)
        let addresses = try SiteAddresses(allowing: allowed, allowsHTTP: true)
        fixture.sources = RuntimeSources(
            store: fixture.workspace, jobs: fixture.jobs, corpus: corpus, seal: VariableSeal(SealKeys()),
            verifier: verifier, logger: log.logger, checkedAddress: { try addresses.checked($0) }
        ) { stored, secret in
            try AddedSource(stored, secret: secret, corpus: corpus, addresses: addresses)
        }
        return (fixture, site)
    }

    /// The body of a request for a source.
    static func body(
        _ site: ChildServer, name: String = "Wiki", spaces: String = #"["DOC"]"#,
        secret: String = "secret-token",
        more: String = ""
    ) -> String {
        """
        {"name": "\(name)", "kind": "cloud", "base_url": "\(site.url)/wiki",
         "auth": {"type": "basic", "email": "crawler@example.com", "secret": "\(secret)"},
         "spaces": {"included": \(spaces)}\(more)}
        """
    }

    /// Adds a source and returns its id.
    func add(_ body: String) async throws -> String {
        let response = try await respond(.post, "/v1/sources", json: body)
        #expect(response.status == .created, "\(response.said)")
        return try #require(try response.json["id"]?.text)
    }

    func change(_ id: String, _ json: String, tag: String = "*") async throws -> APIResponse {
        try await respond(.patch, "/v1/sources/\(id)", json: json, headers: [.ifMatch: tag])
    }
}
