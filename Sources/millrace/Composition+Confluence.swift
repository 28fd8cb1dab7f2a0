import Foundation
import Ingest

extension Composition {
    /// A live Confluence, signed in as the settings say.
    func confluenceSource(_ address: String) throws -> ConfluenceSource {
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
        return try ConfluenceSource(
            configuration: ConfluenceConfiguration(
                baseURL: url, flavour: flavour, authentication: try authentication(),
                spaces: settings.list("confluence.spaces")),
            client: try httpClient())
    }

    private func authentication() throws -> ConfluenceConfiguration.Authentication {
        let settings = configuration.settings
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
}
