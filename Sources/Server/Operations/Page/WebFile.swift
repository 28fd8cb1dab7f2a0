import Foundation

/// A file of the page, as it lies in `Web/`, carried inside the binary.
struct WebFile: Sendable {
    /// Where it is served: `/` for `index.html`, else `/` and its name.
    let path: String
    let content: TaggedContent

    var contents: Data { content.bytes }

    init(_ name: String, _ bytes: [UInt8]) {
        path = name == "index.html" ? "/" : "/\(name)"
        content = TaggedContent(contentType: Self.contentType(of: name), bytes: Data(bytes))
    }

    /// Every file of `Web/`; a test compares this list with the folder.
    static let all: [WebFile] = [
        WebFile("access.js", PackageResources.access_js),
        WebFile("answer.js", PackageResources.answer_js),
        WebFile("api.js", PackageResources.api_js),
        WebFile("app.css", PackageResources.app_css),
        WebFile("app.js", PackageResources.app_js),
        WebFile("ask.js", PackageResources.ask_js),
        WebFile("composer.js", PackageResources.composer_js),
        WebFile("dom.js", PackageResources.dom_js),
        WebFile("facets.js", PackageResources.facets_js),
        WebFile("favicon.svg", PackageResources.favicon_svg),
        WebFile("format.js", PackageResources.format_js),
        WebFile("index.html", PackageResources.index_html),
        WebFile("markdown.js", PackageResources.markdown_js),
        WebFile("outcomes.js", PackageResources.outcomes_js),
        WebFile("panel.css", PackageResources.panel_css),
        WebFile("panel.js", PackageResources.panel_js),
        WebFile("parts.css", PackageResources.parts_css),
        WebFile("place.js", PackageResources.place_js),
        WebFile("preview.js", PackageResources.preview_js),
        WebFile("scope.js", PackageResources.scope_js),
        WebFile("search.css", PackageResources.search_css),
        WebFile("search.js", PackageResources.search_js),
        WebFile("sources.js", PackageResources.sources_js),
        WebFile("stages.js", PackageResources.stages_js),
        WebFile("theme.js", PackageResources.theme_js),
        WebFile("trace.css", PackageResources.trace_css),
        WebFile("trace.js", PackageResources.trace_js),
        WebFile("turn.js", PackageResources.turn_js),
    ]

    private static func contentType(of name: String) -> String {
        switch name.split(separator: ".").last {
        case "html": "text/html; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        case "svg": "image/svg+xml"
        default: "application/octet-stream"
        }
    }
}
