import Confluence
import Corpus
import CorpusSQLite
import Foundation
import Ingest
import Transport

extension Composition {
    /// A live Confluence, signed in as the settings say.
    ///
    /// - Parameter corpus: where it is remembered how far a sync came; `nil` to read everything anew.
    func confluenceSource(_ address: String, corpus: (any CorpusStore)?) throws -> ConfluenceSource {
        var (confluence, client) = try confluence(address)
        // Without a corpus nothing is to be left behind.
        if corpus != nil { confluence.cache = try pageCache(confluence.baseURL) }
        return try ConfluenceSource(
            configuration: confluence, client: client, corpus: corpus ?? SQLiteCorpus.inMemory())
    }

    /// Which Confluence to read, and how its requests are made.
    func confluence(_ address: String) throws -> (ConfluenceConfiguration, any HTTPClient) {
        let settings = configuration.settings
        guard let url = URL(string: address), let scheme = url.scheme, ["http", "https"].contains(scheme),
            url.host != nil
        else {
            throw CommandError(
                "--confluence \(address) is no address such as https://example.atlassian.net/wiki.")
        }
        let flavours = [
            "cloud": ConfluenceConfiguration.Flavour.cloud, "data-center": .dataCenter, "detect": .detect,
        ]
        guard let flavour = flavours[settings.text("confluence.flavour")] else {
            throw settings.bad("confluence.flavour", "cloud, data-center or detect is expected")
        }
        var confluence = ConfluenceConfiguration(
            baseURL: url, flavour: flavour, authentication: try authentication(),
            scope: try confluenceScope(),
            concurrency: try settings.integer("confluence.concurrency", in: 1...64),
            pageSize: try settings.integer("confluence.page_size", in: 1...1_000))
        confluence.fullSyncEvery = try settings.integer("confluence.full_sync_every", in: 1...10_000)
        confluence.renderedMacros = try settings.choice(
            "ingest.rendered_macros", ConfluenceConfiguration.RenderedMacros.self)
        confluence.attachmentText = try attachmentText()
        confluence.readsGroupMembers = try settings.flag("confluence.group_members")
        return (confluence, try confluenceClient(connections: confluence.concurrency))
    }

    /// Where bodies are kept between crawls; `nil` when they are not to be.
    private func pageCache(_ site: URL) throws -> PageCache? {
        guard try pageCacheLimit() > 0 else { return nil }
        let folder =
            configuration.settings.optionalText("ingest.page_cache").map {
                URL(fileURLWithPath: ($0 as NSString).expandingTildeInPath)
            } ?? configuration.dataFolder.appendingPathComponent("pages")
        return PageCache(FolderBlobStore(folder: folder), site: site)
    }

    /// How many bytes of bodies are kept at most.
    func pageCacheLimit() throws -> Int {
        try configuration.settings.integer("ingest.page_cache_mb", in: 0...10_000_000) << 20
    }

    /// A client of one site: it slows down before the site refuses, and has the patience to be told when to go
    /// on.
    private func confluenceClient(connections: Int) throws -> any HTTPClient {
        var http = httpSettings()
        http.maxConnectionsPerHost = connections
        return RetryingHTTPClient(
            PacedHTTPClient(try CurlHTTPClient(configuration: http), advice: AtlassianRateLimits.advice),
            policy: .crawling)
    }

    private func authentication() throws -> ConfluenceConfiguration.Authentication {
        let settings = configuration.settings
        if let clientID = settings.optionalText("confluence.client_id") { return try oauth(clientID) }
        guard let token = settings.optionalText("confluence.token") else {
            if settings.optionalText("confluence.email") != nil {
                throw settings.bad(
                    "confluence.email", "its token is expected as well, as MILLRACE_CONFLUENCE_TOKEN")
            }
            return .none
        }
        if let user = settings.optionalText("confluence.email") { return .basic(user: user, token: token) }
        return .bearer(token: token)
    }

    private func oauth(_ clientID: String) throws -> ConfluenceConfiguration.Authentication {
        let settings = configuration.settings
        guard settings.optionalText("confluence.token") == nil else {
            throw settings.bad(
                "confluence.token", "either a token or OAuth's client_id is expected, not both")
        }
        guard let secret = settings.optionalText("confluence.client_secret") else {
            throw settings.bad(
                "confluence.client_secret",
                "the secret of the application is expected, as MILLRACE_CONFLUENCE_CLIENT_SECRET")
        }
        guard let file = settings.optionalText("confluence.token_file") else {
            throw settings.bad("confluence.token_file", "the file that keeps the refresh token is expected")
        }
        return .oauth(
            ConfluenceOAuth(
                clientID: clientID, clientSecret: secret,
                tokenFile: URL(fileURLWithPath: (file as NSString).expandingTildeInPath),
                cloudID: settings.optionalText("confluence.cloud_id")))
    }
}
