import Foundation
import JSONValue
import Transport

/// A search engine of one's own: a SearXNG instance whose settings have the format `json` among `search.formats`
/// (docs.searxng.org/dev/search_api.html).
public struct SearchService: Sendable {
    /// Without `/search`, such as `https://search.example`.
    public let base: WebURL
    private let client: any HTTPClient
    private let timeout: Duration

    /// - Parameter client: may reach the instance, which is named by whoever runs the server and not by a flow. It must
    ///   not follow redirects.
    /// - Throws: ``TransportError/invalidURL(url:reason:)``.
    public init(_ base: String, client: any HTTPClient, timeout: Duration = .seconds(20))
        throws(TransportError)
    {
        self.base = try WebURL(base)
        self.client = client
        self.timeout = timeout
    }

    struct Hit: Sendable {
        var title: String
        var url: String
        var text: String
        var published: String
    }

    /// - Parameter category: one of the instance's, such as `general` or `news`.
    /// - Throws: ``NetworkError``, `TransportError`.
    func hits(for query: String, category: String, language: String) async throws -> [Hit] {
        var parameters = [("q", query), ("format", "json"), ("categories", category)]
        if !language.isEmpty { parameters.append(("language", language)) }
        let path = base.url.hasSuffix("/") ? "search" : "/search"
        let url = try WebURL(base.url + path).adding(parameters.map { (name: $0.0, value: $0.1) })
        let response = try await client.send(
            HTTPRequest(url: url.url, headers: [("Accept", "application/json")], timeout: timeout))
        guard response.head.status == 200 else {
            throw NetworkError.status(response.head.status, authority: base.authority)
        }
        guard let results = (try? JSONValue(parsing: response.body))?["results"]?.array else {
            throw NetworkError.unreadable(
                url: base.url, reason: "it is no JSON with “results”; the instance must allow the format json"
            )
        }
        return results.compactMap { result in
            guard let url = result["url"]?.string else { return nil }
            return Hit(
                title: result["title"]?.string ?? "", url: url, text: result["content"]?.string ?? "",
                published: result["publishedDate"]?.string ?? "")
        }
    }
}
