import Foundation
import Transport

/// OAuth 2.0 (3LO) of Atlassian's Cloud: an application of one's own, allowed by a person to read for them.
///
/// Access tokens last an hour. Each refresh gives a new refresh token and ends the old one, so the file that
/// keeps it is written before the access token is used.
public struct ConfluenceOAuth: Sendable {
    public var clientID: String
    public var clientSecret: String
    /// Keeps the refresh token between runs. Only its owner may read it (mode 0600).
    public var tokenFile: URL
    /// Which of the account's sites; `nil` for the one whose address is the base URL's.
    public var cloudID: String?
    /// Where tokens are refreshed.
    public var tokenEndpoint = "https://auth.atlassian.com/oauth/token"
    /// Where the sites of an access token are listed, and below which each one is reached by its id.
    public var gateway = "https://api.atlassian.com"

    public init(clientID: String, clientSecret: String, tokenFile: URL, cloudID: String? = nil) {
        self.clientID = clientID
        self.clientSecret = clientSecret
        self.tokenFile = tokenFile
        self.cloudID = cloudID
    }
}

/// The access token of the moment, refreshed when it has expired or was refused; one refresh at a time.
actor ConfluenceTokens {
    /// What the token file holds, as JSON. `refresh_token` alone is enough to begin with.
    struct Stored: Codable {
        var refreshToken: String
        var accessToken: String?
        /// Seconds since 1970.
        var expiresAt: Double?

        private enum CodingKeys: String, CodingKey {
            case refreshToken = "refresh_token"
            case accessToken = "access_token"
            case expiresAt = "expires_at"
        }
    }

    private struct Request: Encodable {
        var grantType = "refresh_token"
        var clientID: String
        var clientSecret: String
        var refreshToken: String

        private enum CodingKeys: String, CodingKey {
            case grantType = "grant_type"
            case clientID = "client_id"
            case clientSecret = "client_secret"
            case refreshToken = "refresh_token"
        }
    }

    private struct Answer: Decodable {
        var accessToken: String
        var refreshToken: String?
        var expiresIn: Double?

        private enum CodingKeys: String, CodingKey {
            case accessToken = "access_token"
            case refreshToken = "refresh_token"
            case expiresIn = "expires_in"
        }
    }

    /// A token is refreshed this long before it ends, so that it does not end on its way.
    private static let margin: Double = 120

    private let settings: ConfluenceOAuth
    private let client: any HTTPClient
    private let now: @Sendable () -> Date
    private var stored: Stored?
    private var refresh: Task<Stored, any Error>?

    init(
        _ settings: ConfluenceOAuth, client: any HTTPClient, now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.settings = settings
        self.client = client
        self.now = now
    }

    /// - Parameter refused: an access token that the site no longer takes.
    func accessToken(after refused: String? = nil) async throws -> String {
        if refresh == nil, let known = try stored ?? OAuthTokenFile.read(settings.tokenFile) {
            stored = known
            if let token = known.accessToken, token != refused, let end = known.expiresAt,
                end - Self.margin > now().timeIntervalSince1970
            {
                return token
            }
        }
        let task = refresh ?? Task { try await refreshed() }
        refresh = task
        do {
            let fresh = try await task.value
            refresh = nil
            stored = fresh
            return fresh.accessToken ?? ""
        } catch {
            refresh = nil
            throw error
        }
    }

    private func refreshed() async throws -> Stored {
        // Another process may have refreshed meanwhile: the file has the token that still counts.
        guard let old = try OAuthTokenFile.read(settings.tokenFile) else {
            throw ConfluenceError.oauth(reason: "the token file \(settings.tokenFile.path) is absent")
        }
        let request = Request(
            clientID: settings.clientID, clientSecret: settings.clientSecret, refreshToken: old.refreshToken)
        let response: HTTPResponse
        do {
            response = try await client.send(
                HTTPRequest(
                    method: "POST", url: settings.tokenEndpoint,
                    headers: [("Content-Type", "application/json"), ("Accept", "application/json")],
                    body: try JSONEncoder().encode(request)))
        } catch let error as TransportError {
            throw error == .cancelled ? CancellationError() : ConfluenceError.transport(error)
        }
        guard response.head.status == 200,
            let answer = try? JSONDecoder().decode(Answer.self, from: response.body)
        else {
            throw ConfluenceError.oauth(
                reason: "the refresh token was not accepted (\(response.head.status)); it may have been used "
                    + "before, have expired, or belong to another application")
        }
        let fresh = Stored(
            refreshToken: answer.refreshToken ?? old.refreshToken, accessToken: answer.accessToken,
            expiresAt: now().timeIntervalSince1970 + (answer.expiresIn ?? 3600))
        try OAuthTokenFile.write(fresh, to: settings.tokenFile)
        return fresh
    }
}

/// The file that keeps the tokens: replaced whole, readable by its owner alone.
enum OAuthTokenFile {
    /// - Returns: `nil` when there is no such file.
    static func read(_ file: URL) throws -> ConfluenceTokens.Stored? {
        let path = file.path
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        guard status.st_mode & 0o077 == 0 else {
            throw ConfluenceError.oauth(
                reason: "the token file \(path) can be read by others: give it to its owner alone (chmod 600)"
            )
        }
        guard let data = try? Data(contentsOf: file),
            let stored = try? JSONDecoder().decode(ConfluenceTokens.Stored.self, from: data),
            !stored.refreshToken.isEmpty
        else {
            throw ConfluenceError.oauth(
                reason: "the token file \(path) cannot be read; it must hold {\"refresh_token\": \"…\"}")
        }
        return stored
    }

    static func write(_ stored: ConfluenceTokens.Stored, to file: URL) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let name = ".\(file.lastPathComponent).\(UUID().uuidString)"
        let temporary = file.deletingLastPathComponent().appendingPathComponent(name)
        let manager = FileManager.default
        let isMade = manager.createFile(
            atPath: temporary.path, contents: nil, attributes: [.posixPermissions: 0o600])
        do {
            guard isMade else { throw CocoaError(.fileWriteUnknown) }
            let handle = try FileHandle(forWritingTo: temporary)
            try handle.write(contentsOf: try encoder.encode(stored))
            try handle.synchronize()
            try handle.close()
            guard rename(temporary.path, file.path) == 0 else { throw CocoaError(.fileWriteUnknown) }
        } catch {
            try? manager.removeItem(at: temporary)
            throw ConfluenceError.oauth(
                reason:
                    "the new refresh token cannot be saved in \(file.path); the old one no longer counts, so "
                    + "allow the application anew after making the folder writable")
        }
    }
}

extension ConfluenceOAuth {
    /// Finds the site's id among those that the token opens, and where it is reached and shown.
    func locate(_ pasted: ConfluenceSite, tokens: ConfluenceTokens, client: any HTTPClient) async throws
        -> (api: ConfluenceSite, web: String)
    {
        struct Resource: Decodable {
            var id: String
            var url: String
        }
        let gateway = try ConfluenceSite(gateway: self.gateway)
        let api = ConfluenceAPI(site: gateway, client: client, authorization: .oauth(tokens))
        let resources: [Resource] = try await api.get("/oauth/token/accessible-resources")
        let parts = pasted.path.split(separator: "/").map(String.init)
        let named = cloudID ?? (parts.prefix(2) == ["ex", "confluence"] ? parts.dropFirst(2).first : nil)
        let found = resources.first { resource in
            if let named { return resource.id == named }
            guard let url = URL(string: resource.url), let site = try? ConfluenceSite(pasted: url) else {
                return false
            }
            return site.origin.lowercased() == pasted.origin.lowercased()
        }
        guard let found else {
            throw ConfluenceError.oauth(
                reason: "the token opens no site \(named ?? pasted.host), but \(resources.count) others")
        }
        var site = gateway
        site.path += "/ex/confluence/\(ConfluenceLinks.escaped(found.id))"
        return (site.cloud, found.url + "/wiki")
    }
}
