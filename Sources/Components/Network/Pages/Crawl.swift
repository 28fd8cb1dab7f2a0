import Concurrency
import Foundation
import Transport

/// Fetches pages and what they link to on the same host, level by level, within fixed limits.
struct Crawl: Sendable {
    enum Format: String, CaseIterable, Sendable {
        case text, html
    }

    struct Page: Sendable {
        var url: String
        var title: String
        var text: String
        /// Why there is no text; only for pages that were asked for by name.
        var failure: String?
    }

    /// Pages fetched at a time.
    private static let width = 4

    let http: GuardedHTTP
    let toText: HTMLToText
    var format = Format.text
    /// 0 for the pages that are named alone.
    var maxDepth = 0
    var maxPages = 1
    var headers = HeaderFields()
    var timeout: Duration?
    /// Text that one crawl keeps; looked at after every ``width`` pages.
    var textLimitBytes = 16 << 20

    private struct Target: Sendable {
        var url: WebURL
        /// The host that links may lead to; `nil` for a page that is named.
        var host: String?
    }

    private struct Fetched: Sendable {
        var page: Page
        var links: [Target]
        var isNamed: Bool
        var error: (any Error)?
    }

    /// The pages in the order in which they were found, those that are named first.
    ///
    /// A linked page that cannot be had is left out. A named one stands with its failure, unless all failed.
    ///
    /// - Throws: the first error when no page could be had.
    func pages(from urls: [String]) async throws -> [Page] {
        var seen = Set<String>()
        var level: [Target] = []
        for url in urls {
            let url = try WebURL(url)
            if seen.insert(url.url).inserted { level.append(Target(url: url)) }
        }
        guard level.count <= maxPages else {
            throw NetworkError.invalid(
                what: "list of URLs", reason: "it has \(level.count); at most \(maxPages) pages are fetched")
        }
        var pages: [Page] = []
        var firstError: (any Error)?
        var textBytes = 0
        for depth in 0...maxDepth {
            let wantsLinks = depth < maxDepth
            var next: [Target] = []
            for start in stride(from: 0, to: level.count, by: Self.width) {
                let slice = level[start..<min(start + Self.width, level.count)]
                let fetched = try await slice.boundedMap(width: Self.width) { target in
                    try await fetch(target, wantsLinks: wantsLinks)
                }
                for result in fetched {
                    firstError = firstError ?? result.error
                    textBytes += result.page.text.utf8.count
                    guard textBytes <= textLimitBytes else { return pages }
                    if result.error == nil || result.isNamed { pages.append(result.page) }
                    for link in result.links where pages.count + next.count < maxPages {
                        if seen.insert(link.url.url).inserted { next.append(link) }
                    }
                }
            }
            // A page of this level may take a place that a link was counted for.
            level = Array(next.prefix(max(0, maxPages - pages.count)))
            if level.isEmpty { break }
        }
        if let firstError, pages.allSatisfy({ $0.failure != nil }) { throw firstError }
        return pages
    }

    private func fetch(_ target: Target, wantsLinks: Bool) async throws -> Fetched {
        let isNamed = target.host == nil
        var page = Page(url: target.url.url, title: "", text: "")
        do {
            let answer = try await http.send("GET", target.url, headers: headers, timeout: timeout)
            page.url = answer.url.url
            guard (200..<300).contains(answer.response.head.status) else {
                throw NetworkError.status(answer.response.head.status, authority: answer.url.authority)
            }
            // A link may have been redirected away from its host.
            guard target.host.map({ $0 == answer.url.authority }) ?? true else {
                throw NetworkError.unreadable(url: target.url.url, reason: "it redirects to another host")
            }
            guard PageText.isHTML(answer) else {
                guard let text = PageText.text(of: answer) else {
                    throw NetworkError.unreadable(
                        url: answer.url.url,
                        reason: "it is of the type “\(answer.mediaType)”, which is no text")
                }
                page.text = text
                return Fetched(page: page, links: [], isNamed: isNamed)
            }
            let html = answer.response.body
            let outline = HTMLOutline(html)
            page.title = outline.title
            page.text = format == .html ? String(decoding: html, as: UTF8.self) : try await toText(html)
            let links = wantsLinks ? Self.links(of: outline, at: answer.url) : []
            return Fetched(page: page, links: links, isNamed: isNamed)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            page.failure = "\(error)"
            return Fetched(page: page, links: [], isNamed: isNamed, error: error)
        }
    }

    /// Where a page's links lead on its own host and port.
    private static func links(of outline: HTMLOutline, at url: WebURL) -> [Target] {
        let base = outline.base.flatMap { try? url.resolving($0) } ?? url
        return outline.links.compactMap { link in
            guard !link.hasPrefix("#"), let target = try? base.resolving(link),
                target.authority == url.authority
            else { return nil }
            return Target(url: target, host: url.authority)
        }
    }
}
