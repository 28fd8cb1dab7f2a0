import Foundation
import Transport

/// Requests to one site: signs in, reads JSON, follows listings. Repeating what failed is the client's work.
struct ConfluenceAPI: Sendable {
    /// How requests are signed in.
    enum Authorization: Sendable {
        case none
        /// The value of the `Authorization` header.
        case header(String)
        case oauth(ConfluenceTokens)
    }

    let site: ConfluenceSite
    /// What links for a browser begin with; not the gateway through which OAuth reads.
    let webBase: String
    let cache: PageCache?
    let client: any HTTPClient
    private let authorization: Authorization

    private static let restartLimit = 3

    init(
        site: ConfluenceSite, webBase: String? = nil, client: any HTTPClient, authorization: Authorization,
        cache: PageCache? = nil
    ) {
        self.site = site
        self.cache = cache
        self.webBase = webBase ?? site.base
        self.client = client
        self.authorization = authorization
    }

    /// Reads JSON from a path below the context path.
    func get<Value: Decodable>(_ path: String, as type: Value.Type = Value.self) async throws -> Value {
        try decode(try await send("GET", site.base + path), from: path)
    }

    func post<Body: Encodable, Value: Decodable>(
        _ path: String, _ body: Body, as type: Value.Type = Value.self
    ) async throws -> Value {
        try decode(try await send("POST", site.base + path, body: try JSONEncoder().encode(body)), from: path)
    }

    /// Reads a whole listing, following `_links.next`.
    ///
    /// - Throws: whatever a page of the listing failed with. A listing is whole or it is nothing.
    func list<Entry: Decodable & Identifiable>(_ path: String, of type: Entry.Type = Entry.self) async throws
        -> [Entry]
    {
        var entries: [Entry] = []
        try await forEachAnswer(path, of: type) { entries += $0 }
        return entries
    }

    /// Reads a listing answer by answer, following `_links.next`.
    ///
    /// An entry that comes twice is handed on once. When the cursor expires the listing begins anew and what is
    /// known is passed over.
    /// - Throws: whatever a page of the listing failed with, or what `take` throws. Only a call that returns has
    ///   read the whole listing.
    func forEachAnswer<Entry: Decodable & Identifiable>(
        _ path: String, of type: Entry.Type = Entry.self, _ take: ([Entry]) async throws -> Void
    ) async throws {
        var url = site.base + path
        var known: Set<Entry.ID> = []
        var visited: Set<String> = []
        var restartCount = 0
        while true {
            guard visited.insert(url).inserted else {
                throw ConfluenceError.invalidAnswer(
                    path: Self.shown(path), reason: "its “next” runs in a circle")
            }
            try Task.checkCancellation()
            let answer: ListingAnswer<Entry>
            do {
                answer = try decode(try await send("GET", url), from: path)
            } catch let error as ConfluenceError where !known.isEmpty && Self.isExpiry(error) {
                restartCount += 1
                guard restartCount <= Self.restartLimit else {
                    throw ConfluenceError.cursorExpired(path: Self.shown(path))
                }
                visited = []
                url = site.base + path
                continue
            }
            let fresh = answer.results.filter { known.insert($0.id).inserted }
            if !fresh.isEmpty { try await take(fresh) }
            guard let next = try nextURL(after: answer, at: url) else { break }
            url = next
        }
    }

    private func nextURL<Entry>(after answer: ListingAnswer<Entry>, at url: String) throws -> String? {
        if let next = answer.links?.next, !next.isEmpty {
            return try site.resolve(next: next, linkBase: answer.links?.base)
        }
        // An offset listing may leave out its `next`: a full page, or a total not reached, says that there is
        // more.
        guard let start = answer.start, !answer.results.isEmpty else { return nil }
        let end = start + answer.results.count
        let isFull = answer.limit.map { answer.results.count >= $0 } ?? false
        guard answer.totalSize.map({ end < $0 }) ?? isFull, var components = URLComponents(string: url) else {
            return nil
        }
        var items = (components.percentEncodedQueryItems ?? []).filter { $0.name != "start" }
        items.append(URLQueryItem(name: "start", value: String(end)))
        components.percentEncodedQueryItems = items
        return components.string
    }

    private static func isExpiry(_ error: ConfluenceError) -> Bool {
        if case .status(let status, _) = error { status == 400 || status == 410 } else { false }
    }

    private func send(
        _ method: String, _ url: String, body: Data = Data(), accept: String = "application/json"
    ) async throws -> HTTPResponse {
        var headers = [(name: "Accept", value: accept)]
        if !body.isEmpty { headers.append((name: "Content-Type", value: "application/json")) }
        let request = HTTPRequest(method: method, url: url, headers: headers, body: body)
        let response = try await signed(request)
        guard response.head.status != 401 else { throw ConfluenceError.unauthorized(host: site.host) }
        if (300..<400).contains(response.head.status), let location = response.head["Location"],
            SignIn.isAddress(location)
        {
            throw ConfluenceError.signInRedirect(
                host: site.host, to: URLComponents(string: location)?.host ?? site.host)
        }
        guard response.head.status == 200 else {
            throw ConfluenceError.status(response.head.status, path: Self.shown(url))
        }
        if accept == "application/json", Self.isHTML(response) {
            throw ConfluenceError.signInPage(host: site.host)
        }
        return response
    }

    /// An access token that is refused before its time is refreshed once.
    func signed(_ request: HTTPRequest) async throws -> HTTPResponse {
        switch authorization {
        case .none: return try await exchange(request, nil)
        case .header(let value): return try await exchange(request, value)
        case .oauth(let tokens):
            let token = try await tokens.accessToken()
            let response = try await exchange(request, "Bearer \(token)")
            guard response.head.status == 401 else { return response }
            let fresh = try await tokens.accessToken(after: token)
            return try await exchange(request, "Bearer \(fresh)")
        }
    }

    func exchange(_ request: HTTPRequest, _ authorization: String?) async throws -> HTTPResponse {
        var request = request
        if let authorization { request.headers.append((name: "Authorization", value: authorization)) }
        do {
            return try await client.send(request)
        } catch .cancelled {
            throw CancellationError()
        } catch {
            throw ConfluenceError.transport(error)
        }
    }

    static func isHTML(_ response: HTTPResponse) -> Bool {
        let type = response.head["Content-Type"]?.lowercased() ?? ""
        return type.hasPrefix("text/html") || type.hasPrefix("application/xhtml")
    }

    private func decode<Value: Decodable>(_ response: HTTPResponse, from path: String) throws -> Value {
        do {
            return try LenientJSON.decode(Value.self, from: response.body)
        } catch {
            let reason = (error as? DecodingError).map(Self.describe) ?? "it is no JSON"
            throw ConfluenceError.invalidAnswer(path: Self.shown(path), reason: reason)
        }
    }

    /// Says where a decoding failed, without any of what stood there.
    private static func describe(_ error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, _): "“\(key.stringValue)” is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "“\(context.codingPath.map(\.stringValue).joined(separator: "."))” has an unexpected form"
        case .dataCorrupted: "it is no JSON"
        @unknown default: "it has an unexpected form"
        }
    }

    /// A URL or path without host and query: ids are fine to show, search terms and cursors are not.
    static func shown(_ url: String) -> String {
        let path = url.prefix { $0 != "?" }
        guard let host = path.firstRange(of: "://") else { return String(path) }
        return String(path[host.upperBound...].drop { $0 != "/" })
    }
}
