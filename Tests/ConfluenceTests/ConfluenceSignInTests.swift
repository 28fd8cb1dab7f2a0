import Corpus
import Foundation
import Sourcing
import TestSupport
import Testing
import Transport

@testable import Confluence

@Suite struct `Signing in to Confluence` {
    private let folder: TemporaryDirectory
    private let server: ConfluenceTestServer
    private let file: URL

    init() throws {
        folder = try TemporaryDirectory()
        server = try ConfluenceTestServer(.cloud, "--oauth")
        file = folder.url.appendingPathComponent("token.json")
    }

    private func save(_ text: String, mode: Int = 0o600) throws {
        let data = Data(text.utf8)
        try data.write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file.path)
    }

    private func stored() throws -> ConfluenceTokens.Stored {
        try JSONDecoder().decode(ConfluenceTokens.Stored.self, from: try Data(contentsOf: file))
    }

    private func source(
        _ change: (inout ConfluenceOAuth) -> Void = { _ in }
    ) throws -> ConfluenceSource {
        var oauth = ConfluenceOAuth(clientID: "client-id", clientSecret: "client-secret", tokenFile: file)
        oauth.tokenEndpoint = server.origin + "/oauth/token"
        oauth.gateway = server.origin
        change(&oauth)
        return try server.source(base: server.origin) { $0.authentication = .oauth(oauth) }
    }

    @Test func `a refresh token signs in through the gateway, and its successor is kept for its owner alone`()
        async throws
    {
        try save(#"{"refresh_token": "refresh-0"}"#)
        let reading = await Reading(try source())
        #expect(reading.error == nil, "\(String(describing: reading.error))")
        #expect(reading.listed == ["DOC"])
        #expect(reading.document("10")?.document.url?.hasPrefix(server.origin + "/wiki/") == true)
        #expect(try stored().refreshToken == "refresh-1")
        var status = stat()
        #expect(stat(file.path, &status) == 0 && status.st_mode & 0o777 == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["token.json"])
        // The access token still counts: nothing is refreshed again.
        #expect(await Reading(try source()).listed == ["DOC"])
        #expect(try stored().refreshToken == "refresh-1")
    }

    @Test func `an access token that is refused before its time is refreshed once`() async throws {
        try save(#"{"refresh_token": "refresh-0", "access_token": "stale", "expires_at": 99999999999}"#)
        let reading = await Reading(try source())
        #expect(reading.error == nil && reading.listed == ["DOC"])
        #expect(try stored().refreshToken == "refresh-1")
        let refreshes = try await server.log().filter { $0 == "POST /oauth/token" }
        #expect(refreshes.count == 1)
    }

    @Test func `a spent refresh token is one clear message without any secret`() async throws {
        try save(#"{"refresh_token": "spent-refresh-token"}"#)
        let reading = await Reading(try source())
        let text = reading.error.map { "\($0)" } ?? "none"
        #expect(text.contains("refresh token was not accepted (403)"))
        for secret in ["spent-refresh-token", "client-secret"] { #expect(!text.contains(secret)) }
        #expect(reading.documents.isEmpty && reading.listed.isEmpty)
    }

    @Test(arguments: [
        (#"{"refresh_token": "refresh-0"}"#, 0o644, "chmod 600"), ("{}", 0o600, "refresh_token"),
        ("not JSON", 0o600, "refresh_token"), (#"{"refresh_token": ""}"#, 0o600, "refresh_token"),
    ])
    func `a token file that is open to others, or holds no token, is refused by its name`(
        text: String, mode: Int, words: String
    ) async throws {
        try save(text, mode: mode)
        let message = await Reading(try source()).error.map { "\($0)" } ?? "none"
        #expect(message.contains(words) && message.contains(file.path))
        #expect(!message.contains("refresh-0"))
    }

    @Test func `a token file that is absent is named`() async throws {
        let message = await Reading(try source()).error.map { "\($0)" } ?? "none"
        #expect(message.contains(file.path) && message.contains("absent"))
    }

    @Test func `a site that the token does not open is said to be none of its sites`() async throws {
        try save(#"{"refresh_token": "refresh-0"}"#)
        let message = await Reading(try source { $0.cloudID = "another" }).error.map { "\($0)" } ?? "none"
        #expect(message.contains("opens no site another"))
    }

    @Test func `many requests at once refresh once`() async throws {
        try save(#"{"refresh_token": "refresh-0"}"#)
        var oauth = ConfluenceOAuth(clientID: "client-id", clientSecret: "client-secret", tokenFile: file)
        oauth.tokenEndpoint = server.origin + "/oauth/token"
        let tokens = ConfluenceTokens(oauth, client: server.client)
        let found = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<20 { group.addTask { try await tokens.accessToken() } }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(found.count == 1)
        #expect(try stored().refreshToken == "refresh-1")
    }
}
