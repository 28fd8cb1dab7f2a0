import Corpus
import Foundation
import Sourcing
import Transport

/// A live Confluence, read over REST: Cloud (v2, and v1 where v2 has nothing) or Data Center (v1).
///
/// A space's listing is read whole before its first page, into the corpus, so that a killed crawl goes on from it.
/// If any part of a listing fails, that space is reported as failed and never as listed. Bodies of pages whose
/// version is stored are not fetched; their permissions are read anew each time, because a change of a restriction
/// leaves the version as it is.
public struct ConfluenceSource: DocumentSource {
    public let name: String
    let configuration: ConfluenceConfiguration
    let site: ConfluenceSite
    let client: CountingHTTPClient
    let corpus: any DocumentStore & MemberDirectory & SyncLedger
    let now: @Sendable () -> Date

    /// - Parameters:
    ///   - client: how requests are made. Give one that repeats what fails for a moment and honours
    ///     `Retry-After`; the source itself asks once.
    ///   - corpus: where it is kept how far a sync came and who is in which group. With an empty one every sync
    ///     is a full one.
    /// - Throws: `ConfluenceError.invalidBaseURL`.
    public init(
        configuration: ConfluenceConfiguration, client: any HTTPClient,
        corpus: any DocumentStore & MemberDirectory & SyncLedger,
        now: @escaping @Sendable () -> Date = { Date() }
    ) throws {
        self.configuration = configuration
        self.client = CountingHTTPClient(client)
        self.corpus = corpus
        self.now = now
        site = try ConfluenceSite(pasted: configuration.baseURL)
        name = site.host
    }

    public var requestCount: Int? { client.count }

    public func events(
        storedVersion: @escaping @Sendable (_ id: String) async -> Int?
    ) -> AsyncThrowingStream<SourceEvent, any Error> {
        pacedEvents { sink in
            try await makeCrawl(sink, storedVersion).run()
        }
    }

    /// Drops from the page cache what the corpus no longer holds, and the oldest beyond `limit` bytes.
    ///
    /// - Returns: how many bodies went.
    @discardableResult
    public func pruneCache(toBytes limit: Int) async throws -> Int {
        guard let cache = configuration.cache else { return 0 }
        let versions = try await corpus.storedVersions()
        return try await cache.prune(toBytes: limit) { versions[$0] }
    }

    /// Reads anew what somebody said has changed, without any listing.
    public func refresh(_ targets: [ConfluenceTarget]) -> any DocumentSource {
        ConfluenceRefreshSource(name: name, targets: targets, makeCrawl: makeCrawl)
    }

    private func makeCrawl(
        _ sink: EventSink, _ storedVersion: @escaping @Sendable (_ id: String) async -> Int?
    ) async throws -> ConfluenceCrawl {
        ConfluenceCrawl(
            dialect: try await makeDialect(), configuration: configuration, sink: sink,
            ledger: ConfluenceLedger(store: corpus, source: ledger), storedVersion: storedVersion, now: now
        )
    }

    func makeDialect() async throws -> any ConfluenceDialect {
        let authorization: ConfluenceAPI.Authorization
        switch configuration.authentication {
        case .none: authorization = .none
        case .basic(let user, let token):
            authorization = .header("Basic " + Data("\(user):\(token)".utf8).base64EncodedString())
        case .bearer(let token): authorization = .header("Bearer \(token)")
        case .oauth(let settings):
            let tokens = ConfluenceTokens(settings, client: client)
            let place = try await settings.locate(site, tokens: tokens, client: client)
            return ConfluenceCloud(
                api: ConfluenceAPI(
                    site: place.api, webBase: place.web, client: client, authorization: .oauth(tokens),
                    cache: configuration.cache),
                pageSize: configuration.pageSize, scope: configuration.scope)
        }
        let cloud = ConfluenceCloud(
            api: ConfluenceAPI(
                site: site.cloud, client: client, authorization: authorization, cache: configuration.cache),
            pageSize: configuration.pageSize, scope: configuration.scope)
        let dataCenter = ConfluenceDataCenter(
            api: ConfluenceAPI(
                site: site, client: client, authorization: authorization, cache: configuration.cache),
            pageSize: configuration.pageSize, scope: configuration.scope)
        switch configuration.flavour {
        case .cloud: return cloud
        case .dataCenter: return dataCenter
        case .detect where site.isCloudHost: return cloud
        case .detect: return try await firstAnswering([cloud, dataCenter])
        }
    }

    private func firstAnswering(_ candidates: [any ConfluenceDialect]) async throws -> any ConfluenceDialect {
        var failures: [ConfluenceError] = []
        for candidate in candidates {
            do {
                try await candidate.probe()
                return candidate
            } catch let error as ConfluenceError {
                failures.append(error)
            }
        }
        for failure in failures.reversed() {
            switch failure {
            case .status(404, _), .invalidAnswer: continue
            default: throw failure
            }
        }
        throw ConfluenceError.notConfluence(base: site.base)
    }
}
