import Foundation

/// A page that a link of the site's own leads to.
package enum LinkedPage: Hashable, Sendable {
    case id(String)
    case title(String, spaceKey: String)
    /// A page, but the link does not say which in a way that can be followed without asking the site.
    case unknown

    /// `nil` for a link that leads to no page: elsewhere, or to a person.
    package init?(_ target: LinkTarget) {
        switch target {
        case .page(let title, let spaceKey?, _): self = .title(title, spaceKey: spaceKey)
        case .content(let id): self = .id(id)
        case .page, .blogPost: self = .unknown
        case .url(let address):
            guard let page = Self.page(at: address) else { return nil }
            self = page
        case .attachment, .space, .anchor, .shortcut: return nil
        }
    }

    private static func page(at address: String) -> LinkedPage? {
        if let match = address.firstMatch(of: /[?&]pageId=(\d+)/) { return .id(String(match.1)) }
        if let match = address.firstMatch(
            of: /\/(?:pages|blog\/\d{4}\/\d{1,2}\/\d{1,2})\/(\d+)(?:[\/?#]|$)/)
        {
            return .id(String(match.1))
        }
        if address.contains("/display/~") || address.contains("/people/") { return nil }
        if let match = address.firstMatch(of: /\/display\/([^\/?#]+)\/([^?#]+)/) {
            guard let title = match.2.replacing("+", with: " ").removingPercentEncoding else {
                return .unknown
            }
            return .title(title, spaceKey: String(match.1))
        }
        return address.contains(/\/(?:x|pages|blog|display)\//) ? .unknown : nil
    }
}
