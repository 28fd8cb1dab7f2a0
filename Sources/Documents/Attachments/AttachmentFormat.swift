/// A kind of file whose text can be read.
public enum AttachmentFormat: String, Sendable, CaseIterable, Hashable {
    case text, markdown, html, csv, pdf, docx, xlsx, pptx

    /// As a person says it, with its article.
    var article: String {
        switch self {
        case .text: "plain text"
        case .markdown: "Markdown"
        case .html: "HTML"
        case .csv: "CSV"
        case .pdf: "a PDF"
        case .docx: "a Word document"
        case .xlsx: "an Excel workbook"
        case .pptx: "a PowerPoint presentation"
        }
    }

    /// Whether a file of this kind is characters, and can be told from another such kind only by its name.
    package var isText: Bool {
        switch self {
        case .text, .markdown, .html, .csv: true
        case .pdf, .docx, .xlsx, .pptx: false
        }
    }
}

/// What a file's name or media type says it is.
package enum AttachmentClaim: Equatable {
    case format(AttachmentFormat)
    /// Something whose text is not read: an image, an archive, an old binary format.
    case other(String)

    /// - Returns: `nil` when the name has no extension, or one that says nothing.
    package static func of(fileName: String) -> AttachmentClaim? {
        guard let dot = fileName.lastIndex(of: "."), dot != fileName.startIndex else { return nil }
        let ending = fileName[fileName.index(after: dot)...].lowercased()
        if let format = formats[ending] { return .format(format) }
        if textEndings.contains(ending) { return .format(.text) }
        return others.contains(ending) ? .other(ending) : nil
    }

    /// - Parameter mediaType: parameters and all.
    /// - Returns: `nil` when there is none, or only that of bytes of any kind.
    static func of(mediaType: String?) -> AttachmentClaim? {
        let type = mediaType?.prefix { $0 != ";" }.lowercased().filter { !$0.isWhitespace } ?? ""
        if anyKind.contains(type) { return nil }
        if let format = formatsOfType[type] { return .format(format) }
        if type.hasPrefix("text/") { return unreadableText.contains(type) ? .other(type) : .format(.text) }
        let families = ["image/", "audio/", "video/", "font/", "model/"]
        let isOther = families.contains { type.hasPrefix($0) } || otherTypes.contains(type)
        return isOther || type.hasPrefix("application/vnd.") ? .other(type) : nil
    }

    private static let formats: [String: AttachmentFormat] = [
        "md": .markdown, "markdown": .markdown, "mkd": .markdown,
        "htm": .html, "html": .html, "xhtml": .html, "csv": .csv, "tsv": .csv, "pdf": .pdf,
        "docx": .docx, "docm": .docx, "dotx": .docx, "dotm": .docx,
        "xlsx": .xlsx, "xlsm": .xlsx, "xltx": .xlsx, "xltm": .xlsx,
        "pptx": .pptx, "pptm": .pptx, "ppsx": .pptx, "ppsm": .pptx, "potx": .pptx, "potm": .pptx,
    ]

    private static let textEndings: Set<String> = [
        "txt", "text", "log", "json", "jsonl", "yaml", "yml", "toml", "ini", "conf", "cfg", "properties",
        "sql", "rst", "adoc", "xml", "sh", "py", "rb", "swift", "java", "kt", "js", "ts", "go", "rs", "c",
        "h", "cpp", "cs", "php", "pl", "ps1", "bat", "tf", "css", "diff", "patch", "tex",
    ]

    /// Endings that clearly promise something that is not read.
    private static let others: Set<String> = [
        "doc", "dot", "xls", "xlt", "xlsb", "ppt", "pps", "rtf", "odt", "ods", "odp", "pages", "numbers",
        "key", "msg", "eml", "ics", "vsd", "vsdx", "one", "epub",
        "png", "jpg", "jpeg", "gif", "bmp", "tif", "tiff", "webp", "svg", "ico", "heic", "psd", "ai",
        "mp3", "mp4", "wav", "ogg", "mov", "avi", "mkv", "webm", "m4a",
        "zip", "gz", "tgz", "bz2", "xz", "7z", "rar", "tar", "jar", "war", "exe", "dll", "so", "dmg", "iso",
        "bin", "class", "woff", "woff2", "ttf", "otf", "sqlite", "db", "parquet", "pcap", "p12", "pfx",
    ]

    private static let formatsOfType: [String: AttachmentFormat] = {
        let office = "application/vnd.openxmlformats-officedocument."
        return [
            "text/markdown": .markdown, "text/x-markdown": .markdown, "application/markdown": .markdown,
            "text/x-web-markdown": .markdown,
            "text/html": .html, "application/xhtml+xml": .html,
            "text/csv": .csv, "text/tab-separated-values": .csv, "application/csv": .csv,
            "application/pdf": .pdf, "application/x-pdf": .pdf,
            office + "wordprocessingml.document": .docx, office + "wordprocessingml.template": .docx,
            "application/vnd.ms-word.document.macroenabled.12": .docx,
            office + "spreadsheetml.sheet": .xlsx, office + "spreadsheetml.template": .xlsx,
            "application/vnd.ms-excel.sheet.macroenabled.12": .xlsx,
            office + "presentationml.presentation": .pptx, office + "presentationml.slideshow": .pptx,
            office + "presentationml.template": .pptx,
            "application/vnd.ms-powerpoint.presentation.macroenabled.12": .pptx,
            "application/json": .text, "application/yaml": .text, "application/x-yaml": .text,
            "application/toml": .text, "application/sql": .text, "application/xml": .text,
            "application/javascript": .text, "application/x-sh": .text,
        ]
    }()

    /// What servers say when they do not know.
    private static let anyKind: Set<String> = [
        "", "application/octet-stream", "binary/octet-stream", "application/unknown", "application/x-binary",
        "application/download", "application/force-download",
    ]
    private static let unreadableText: Set<String> = ["text/rtf", "text/richtext", "text/calendar"]
    private static let otherTypes: Set<String> = [
        "application/msword", "application/rtf", "application/zip", "application/x-zip-compressed",
        "application/gzip", "application/x-tar", "application/x-7z-compressed", "application/java-archive",
        "application/x-msdownload", "application/postscript", "application/epub+zip",
    ]
}
