import Confluence
import Corpus
import CorpusSQLite
import Foundation
import Ingest
import Sourcing
import TestSupport
import Testing
import Transport

/// A live Confluence of a test, as jobs read it.
struct LiveSource: JobSource {
    static let token = "secret-token"

    let id = "confluence"
    let server: ChildServer
    private let configuration: ConfluenceConfiguration
    private let client: any HTTPClient
    private let source: ConfluenceSource

    /// - Parameter spaces: empty for all.
    init(
        _ flavour: ConfluenceConfiguration.Flavour = .cloud, corpus: any CorpusStore,
        spaces: [String] = ["DOC"], token: String = Self.token
    ) throws {
        server = try ChildServer(
            script: Fixtures.url("confluence-server/server.py").path,
            arguments: ["--flavour", flavour == .cloud ? "cloud" : "dc"])
        let base = server.url + (flavour == .cloud ? "/wiki" : "/confluence")
        configuration = ConfluenceConfiguration(
            baseURL: try #require(URL(string: base)), flavour: flavour,
            authentication: flavour == .cloud
                ? .basic(user: "crawler@example.com", token: token) : .bearer(token: token),
            spaces: spaces)
        client = try CurlHTTPClient()
        source = try ConfluenceSource(configuration: configuration, client: client, corpus: corpus)
    }

    var description: JobSourceDescription {
        JobSourceDescription(
            kind: "confluence", dialect: "cloud", baseURL: source.baseURL, ledger: source.baseURL,
            spaces: ["DOC"], excludedSpaces: [], pause: .seconds(600))
    }

    func check() async -> SourceCheck {
        do {
            let found = try await source.inspect()
            let spaces = try await source.visibleSpaces()
            return SourceCheck(
                steps: [.init(name: "connection", isGood: true, message: found.dialect)],
                account: found.account, version: found.version, visibleSpaces: spaces.count)
        } catch {
            return SourceCheck(steps: [.init(name: "connection", isGood: false, message: "\(error)")])
        }
    }

    func spaces() async throws -> [SourceSpace] {
        do {
            return try await source.visibleSpaces().map { SourceSpace(space: $0.space, isChosen: $0.isRead) }
        } catch {
            throw IngestJobError.sourceFailed(source: id, reason: "\(error)")
        }
    }

    func check(_ scope: IngestJob.Scope, isDryRun: Bool) throws(IngestJobError) {
        guard case .space(let key) = scope else { return }
        let narrowed = try? source.narrowed(toSpace: key)
        guard narrowed.flatMap(\.self) != nil else {
            throw .badScope(reason: "the space \(key) is left out")
        }
    }

    func documents(of scope: IngestJob.Scope, isDryRun: Bool) async throws -> any DocumentSource {
        // What a sync remembers is changed by it, so a dry run reads as if for the first time.
        let source =
            isDryRun
            ? try ConfluenceSource(
                configuration: configuration, client: client, corpus: SQLiteCorpus.inMemory())
            : source
        switch scope {
        case .space(let key):
            guard let narrowed = try source.narrowed(toSpace: key) else { return source }
            return narrowed
        case .page(let id): return source.refresh([.content(id)])
        case .site, .upload, .removal: return source
        }
    }
}
