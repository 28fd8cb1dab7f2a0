import Foundation

/// The frame of every page of the reference: the page's own colours and type, no script, nothing from elsewhere.
struct ReferencePage: Sendable {
    var title: String
    /// From the page to the server's root: nothing, or `../`.
    var root: String
    /// What leads here, with its address below the root.
    var path: [(title: String, address: String)] = []
    var content: [HTMLText]

    /// The stylesheets by the names under which they are served.
    private static let stylesheets = ["shell/app.css", "reference/reference.css"].map {
        PageOperations.assets?.names[$0] ?? $0
    }

    var document: TaggedContent {
        let head: [HTMLText] =
            [
                .single("meta", [("charset", "utf-8")]),
                .single("meta", [("name", "viewport"), ("content", "width=device-width, initial-scale=1")]),
                .single("meta", [("name", "color-scheme"), ("content", "light dark")]),
                .element("title", [], HTMLText("\(title) – Millrace")),
            ] + Self.stylesheets.map { .single("link", [("rel", "stylesheet"), ("href", root + $0)]) }
        let trail = path.reduce(HTMLText.inline("a", [("href", root.isEmpty ? "./" : root)], "Millrace")) {
            trail, part in
            trail + HTMLText(" › ") + .inline("a", [("href", root + part.address)], part.title)
        }
        let heading = HTMLText.element("h1", [], HTMLText(title))
        let main = HTMLText.element("main", [("id", "main")], all: [heading] + content)
        let body = HTMLText.element(
            "body", [("class", "reference")],
            .element("header", [], .element("nav", [("aria-label", "Where this is")], trail)), main)
        return TaggedContent(
            contentType: Self.contentType, bytes: Data(HTMLText.document(head: head, body: body).utf8))
    }

    static let contentType = "text/html; charset=utf-8"

    /// A paragraph; what stands between back quotes is code.
    static func paragraph(_ text: String) -> HTMLText { .element("p", [], .prose(text)) }
}
