import Foundation
import Server

extension Settings {
    /// Where the server listens, what it accepts and how much of it.
    ///
    /// - Throws: for what cannot be beside something else.
    func serverConfiguration() throws(ServerError) -> ServerConfiguration {
        var serving = ServerConfiguration(
            host: self[\.server.host], port: self[\.server.port],
            bodyLimitBytes: self[\.server.bodyLimitBytes],
            maxConcurrentRuns: self[\.server.maxConcurrentRuns],
            defaultReader: self[\.server.defaultPrincipals])
        serving.socketRuns = self[\.server.socketRuns]
        serving.trustsPrincipalsHeader = self[\.auth.principalsHeader]
        if self[\.auth.required] { serving.requiresCredentials = true }
        serving.anonymousScopes = self[\.auth.anonymousScopes]
        serving.signedInScopes = self[\.auth.signedInScopes]
        serving.administrators = self[\.auth.administrators]
        if let name = self[\.auth.publicURL]?.host { serving.allowedHosts.insert(name) }
        serving.allowedOrigins = Set(self[\.server.corsOrigins])
        serving.frameOrigins = Set(self[\.server.frameOrigins])
        serving.requestsPerMinute = self[\.server.requestsPerMinute]
        try setConnections(of: &serving)
        return serving
    }
}
