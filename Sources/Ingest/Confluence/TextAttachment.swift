import Foundation

/// Which attachments are text, and their characters.
enum TextAttachment {
    private static let applicationTypes: Set<String> = [
        "application/json", "application/yaml", "application/x-yaml", "application/toml", "application/sql",
        "application/markdown",
    ]
    /// HTML and rich text need a reader of their own.
    private static let otherFormats: Set<String> = [
        "text/html", "text/rtf", "text/richtext", "text/calendar",
    ]
    private static let extensions: Set<String> = [
        "txt", "md", "markdown", "csv", "tsv", "log", "json", "yaml", "yml", "toml", "ini", "conf", "sql",
        "rst",
    ]

    /// - Parameter mediaType: as the source says, parameters and all; a missing or general one is decided by
    ///   the file's name.
    static func isText(mediaType: String?, fileName: String) -> Bool {
        let type = mediaType?.split(separator: ";").first.map {
            $0.trimmingCharacters(in: .whitespaces).lowercased()
        }
        switch type {
        case nil, "", "application/octet-stream", "binary/octet-stream":
            return extensions.contains((fileName as NSString).pathExtension.lowercased())
        case let type? where type.hasPrefix("text/"): return !otherFormats.contains(type)
        case let type?: return applicationTypes.contains(type)
        }
    }

    /// The characters of `bytes`: UTF-8, UTF-16 with a byte order mark, else Latin-1; `nil` if it is no text.
    static func text(_ bytes: [UInt8]) -> String? {
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            return String(bytes: bytes, encoding: .utf16)
        }
        let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        guard !content.contains(0) else { return nil }
        return String(validating: content, as: UTF8.self) ?? String(bytes: content, encoding: .isoLatin1)
    }
}
