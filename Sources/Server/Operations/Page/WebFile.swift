import Foundation

/// A file of the page, as it lies in `Web/`, carried inside the binary.
struct WebFile: Sendable {
    /// Its path in `Web/`.
    let path: String
    let bytes: [UInt8]

    init(_ path: String, _ bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
    }

    var content: TaggedContent {
        TaggedContent(contentType: Self.contentType(of: path), bytes: Data(bytes))
    }

    /// The media type that a name's ending stands for.
    static func contentType(of name: String) -> String {
        switch name.split(separator: ".").last {
        case "html": "text/html; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        case "svg": "image/svg+xml"
        case "json": "application/json"
        case "png": "image/png"
        default: "application/octet-stream"
        }
    }
}
