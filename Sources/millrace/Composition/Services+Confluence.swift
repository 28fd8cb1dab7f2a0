import Confluence
import Corpus
import Foundation
import Ingest
import Transport

extension Services {
    /// A live Confluence, signed in as the settings say.
    ///
    /// - Parameter corpus: where it is remembered how far a sync came; `nil` to read everything anew.
    func confluenceSource(_ address: String, corpus: (any CorpusStore)?) throws -> ConfluenceSource {
        var (confluence, client) = try confluence(address)
        // Without a corpus nothing is to be left behind.
        if corpus != nil { confluence.cache = pageCache(confluence.baseURL) }
        return try ConfluenceSource(
            configuration: confluence, client: client, corpus: corpus ?? trialCorpus())
    }

    /// Which Confluence to read, and how its requests are made.
    func confluence(_ address: String) throws -> (ConfluenceConfiguration, any HTTPClient) {
        guard let url = URL(string: address), let scheme = url.scheme, ["http", "https"].contains(scheme),
            url.host != nil
        else {
            throw CommandError(
                "--confluence \(address) is no address such as https://example.atlassian.net/wiki.")
        }
        var confluence = ConfluenceConfiguration(
            baseURL: url, flavour: settings[\.confluence.flavour], authentication: try authentication(),
            scope: confluenceScope(),
            concurrency: settings[\.confluence.concurrency],
            pageSize: settings[\.confluence.pageSize])
        confluence.fullSyncEvery = settings[\.confluence.fullSyncEvery]
        confluence.renderedMacros = settings[\.ingest.renderedMacros]
        confluence.attachmentText = attachmentText()
        confluence.readsGroupMembers = settings[\.confluence.readsGroupMembers]
        return (
            confluence,
            patient(
                try CurlHTTPClient(configuration: confluenceSettings(connections: confluence.concurrency)))
        )
    }

    /// Where bodies are kept between crawls; `nil` when they are not to be.
    func pageCache(_ site: URL) -> PageCache? {
        guard pageCacheLimit > 0 else { return nil }
        let folder =
            settings[\.ingest.pageCache].map {
                URL(fileURLWithPath: ($0 as NSString).expandingTildeInPath)
            } ?? settings[\.data].appendingPathComponent("pages")
        return PageCache(LateBlobStore { try await self.blobs("pages", folder: folder) }, site: site)
    }

    /// How many bytes of bodies are kept at most.
    var pageCacheLimit: Int { settings[\.ingest.pageCacheMiB] << 20 }

    /// How connections to one site are made.
    func confluenceSettings(connections: Int) -> HTTPClientConfiguration {
        var http = httpSettings()
        http.maxConnectionsPerHost = connections
        return http
    }

    /// A client of one site that slows down before the site refuses, and has the patience to be told when to go on.
    func patient(_ client: any HTTPClient) -> any HTTPClient {
        RetryingHTTPClient(
            PacedHTTPClient(client, advice: AtlassianRateLimits.advice), policy: .crawling)
    }

    private func authentication() throws -> ConfluenceConfiguration.Authentication {
        if let clientID = settings[\.confluence.clientID] { return try oauth(clientID) }
        guard let token = settings[\.confluence.token] else {
            if settings[\.confluence.email] != nil {
                throw settings.bad(
                    \.confluence.email, "its token is expected as well, as MILLRACE_CONFLUENCE_TOKEN")
            }
            return .none
        }
        if let user = settings[\.confluence.email] { return .basic(user: user, token: token) }
        return .bearer(token: token)
    }

    private func oauth(_ clientID: String) throws -> ConfluenceConfiguration.Authentication {
        guard settings[\.confluence.token] == nil else {
            throw settings.bad(
                \.confluence.token, "either a token or OAuth's client_id is expected, not both")
        }
        guard let secret = settings[\.confluence.clientSecret] else {
            throw settings.bad(
                \.confluence.clientSecret,
                "the secret of the application is expected, as MILLRACE_CONFLUENCE_CLIENT_SECRET")
        }
        guard let file = settings[\.confluence.tokenFile] else {
            throw settings.bad(\.confluence.tokenFile, "the file that keeps the refresh token is expected")
        }
        return .oauth(
            ConfluenceOAuth(
                clientID: clientID, clientSecret: secret,
                tokenFile: URL(fileURLWithPath: (file as NSString).expandingTildeInPath),
                cloudID: settings[\.confluence.cloudID]))
    }
}
