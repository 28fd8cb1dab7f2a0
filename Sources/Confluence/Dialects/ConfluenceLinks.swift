import Foundation

/// Where a browser opens what was read.
struct ConfluenceLinks: Sendable {
    /// Without a slash at its end; with `/wiki` on Cloud.
    let base: String
    let isCloud: Bool

    /// - Parameter base: as a person would paste it: with or without `/wiki`, with a context path.
    init(base: URL) {
        var text = base.absoluteString
        while text.hasSuffix("/") { text.removeLast() }
        isCloud = Self.isCloudHost(base.host())
        if isCloud, !text.hasSuffix("/wiki"), !text.contains("/wiki/") { text += "/wiki" }
        self.base = text
    }

    static func isCloudHost(_ host: String?) -> Bool {
        guard let host = host?.lowercased() else { return false }
        return host.hasSuffix(".atlassian.net") || host.hasSuffix(".jira-dev.com")
    }

    func page(id: String, spaceKey: String) -> String {
        isCloud
            ? "\(base)/spaces/\(Self.escaped(spaceKey))/pages/\(Self.escaped(id))"
            : "\(base)/pages/viewpage.action?pageId=\(Self.escaped(id))"
    }

    func blogPost(id: String, spaceKey: String) -> String {
        isCloud
            ? "\(base)/spaces/\(Self.escaped(spaceKey))/blog/\(Self.escaped(id))"
            : "\(base)/pages/viewpage.action?pageId=\(Self.escaped(id))"
    }

    /// - Parameter page: the URL of the page that the comment stands under.
    func comment(id: String, on page: String) -> String {
        page + (page.contains("?") ? "&" : "?") + "focusedCommentId=\(Self.escaped(id))"
    }

    func attachment(fileName: String, pageID: String) -> String {
        "\(base)/download/attachments/\(Self.escaped(pageID))/\(Self.escaped(fileName))"
    }

    /// Percent-encodes everything but RFC 3986's unreserved characters.
    static func escaped(_ text: String) -> String {
        var allowed = CharacterSet(charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
        allowed.insert(charactersIn: "0123456789-._~")
        return text.addingPercentEncoding(withAllowedCharacters: allowed) ?? ""
    }
}
