import Foundation
import Transport

/// A live Confluence, read over REST: Cloud (v2, and v1 where v2 has nothing) or Data Center (v1).
///
/// A space's listing is read whole before its first page. If any part of a listing fails, that space is
/// reported as failed and never as listed. Bodies of pages whose version is stored are not fetched; their
/// permissions are read anew each time, because a change of a restriction leaves the version as it is.
public struct ConfluenceSource: DocumentSource {
    public let name: String
    private let configuration: ConfluenceConfiguration
    private let site: ConfluenceSite
    private let client: any HTTPClient

    /// - Parameter client: how requests are made. Give one that repeats what fails for a moment and honours
    ///   `Retry-After`; the source itself asks once.
    /// - Throws: `ConfluenceError.invalidBaseURL`.
    public init(configuration: ConfluenceConfiguration, client: any HTTPClient) throws {
        self.configuration = configuration
        self.client = client
        site = try ConfluenceSite(pasted: configuration.baseURL)
        name = site.host
    }

    public func events(
        storedVersion: @escaping @Sendable (_ id: String) -> Int?
    ) -> AsyncThrowingStream<SourceEvent, any Error> {
        pacedEvents { sink in
            let dialect = try await makeDialect()
            let crawl = ConfluenceCrawl(
                dialect: dialect, configuration: configuration, sink: sink, storedVersion: storedVersion)
            try await crawl.run()
        }
    }

    private func makeDialect() async throws -> any ConfluenceDialect {
        switch configuration.flavour {
        case .cloud: return cloud()
        case .dataCenter: return dataCenter()
        case .detect where site.isCloudHost: return cloud()
        case .detect: break
        }
        let candidates: [any ConfluenceDialect] = [cloud(), dataCenter()]
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

    private func cloud() -> ConfluenceCloud {
        let api = ConfluenceAPI(
            site: site.cloud, client: client, authentication: configuration.authentication)
        return ConfluenceCloud(api: api, pageSize: configuration.pageSize)
    }

    private func dataCenter() -> ConfluenceDataCenter {
        let api = ConfluenceAPI(site: site, client: client, authentication: configuration.authentication)
        return ConfluenceDataCenter(api: api, pageSize: configuration.pageSize)
    }
}
