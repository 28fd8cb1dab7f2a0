import Foundation
import Transport

/// What is read as it lies there, and what is asked for without credentials.
extension ConfluenceAPI {
    private static let redirectLimit = 3

    /// Reads a file; `link` is relative or absolute, as an answer gave it.
    ///
    /// Redirects are followed by hand, up to three: the site may keep its files elsewhere. Credentials go to the
    /// site alone, and a file of it comes from nowhere but over TLS.
    ///
    /// A web page that comes in place of another file is a sign-in page, whatever its own type says: it is refused
    /// by its media type, by its first bytes, and, where the file is a web page itself, by its length.
    /// - Parameters:
    ///   - mediaType: the file's, as the site lists it.
    ///   - byteCount: the file's, as the site lists it; `nil` when it does not.
    func download(
        _ link: String, fileName: String, mediaType: String?, byteCount: Int?
    ) async throws -> Data {
        var url = try site.resolve(next: link, linkBase: nil)
        let path = Self.shown(url)
        for _ in 0...Self.redirectLimit {
            try Task.checkCancellation()
            let request = HTTPRequest(url: url, headers: [(name: "Accept", value: "*/*")])
            let isOwn = site.holds(url)
            let response = isOwn ? try await signed(request) : try await exchange(request, nil)
            switch response.head.status {
            case 200:
                let isPage = Self.isPage(fileName: fileName, mediaType: mediaType)
                let hasPage = Self.isHTML(response) || SignIn.isPage(response.body)
                let isOther = isPage && byteCount.map { $0 != response.body.count } ?? false
                guard !hasPage || isPage && !isOther else {
                    throw ConfluenceError.invalidAnswer(
                        path: path,
                        reason: "a web page came in place of the file, most likely one to sign in at")
                }
                return response.body
            case 301, 302, 303, 307, 308:
                url = try redirect(from: url, to: response.head["Location"], path: path)
            case 401 where isOwn: throw ConfluenceError.unauthorized(host: site.host)
            case let status: throw ConfluenceError.status(status, path: path)
            }
        }
        throw ConfluenceError.invalidAnswer(path: path, reason: "it is redirected again and again")
    }

    /// Whether a file is a web page, or XML that may begin as one does.
    private static func isPage(fileName: String, mediaType: String?) -> Bool {
        let ending = fileName.lowercased().split(separator: ".").last.map(String.init) ?? ""
        let type = mediaType?.lowercased().prefix { $0 != ";" } ?? ""
        return type.contains("html") || type.hasSuffix("xml")
            || ["htm", "html", "xhtml", "xml", "mht", "mhtml"].contains(ending)
    }

    /// Whether a path answers 200 with JSON to somebody who is not signed in.
    func isShownUnsigned(_ path: String) async throws -> Bool {
        let request = HTTPRequest(
            url: webBase + path, headers: [(name: "Accept", value: "application/json")])
        do {
            let response = try await exchange(request, nil)
            return response.head.status == 200 && !Self.isHTML(response)
                && (try? JSONSerialization.jsonObject(with: response.body)) is [String: Any]
        } catch is ConfluenceError {
            return false
        }
    }

    private func redirect(from url: String, to location: String?, path: String) throws -> String {
        guard let location, let target = URL(string: location, relativeTo: URL(string: url))?.absoluteURL,
            let host = target.host()
        else { throw ConfluenceError.invalidAnswer(path: path, reason: "it is redirected to no address") }
        if SignIn.isAddress(location) {
            throw ConfluenceError.invalidAnswer(
                path: path, reason: "it is redirected to \(host) for signing in")
        }
        let text = target.absoluteString
        let isLoopback = ConfluenceSite.isLoopback(host) && ConfluenceSite.isLoopback(site.host)
        guard site.holds(text) || target.scheme == "https" || (target.scheme == "http" && isLoopback) else {
            throw ConfluenceError.invalidAnswer(
                path: path, reason: "it is redirected to \(host), which is not asked over https")
        }
        return text
    }
}

extension ConfluenceSite {
    /// Whether a URL leads to the site's own host, where its credentials may go.
    func holds(_ url: String) -> Bool {
        url == origin || ["/", "?"].contains { url.hasPrefix(origin + $0) }
    }

    static func isLoopback(_ host: String) -> Bool {
        ["127.0.0.1", "localhost", "::1"].contains(host.lowercased())
    }
}
