/// What a file is by its first bytes, whatever it is called.
enum AttachmentContent: Equatable {
    case format(AttachmentFormat)
    /// A zip archive that cannot be opened, or may not.
    case unreadablePackage(ArchiveError)
    /// Characters; which kind of text, they do not say.
    case characters
    /// An office file that a password shuts; the container does not say which kind.
    case encryptedOffice
    /// Something else, named with its article.
    case other(String)

    init(_ bytes: [UInt8]) {
        if let known = Self.known(bytes) {
            self = known
        } else if TextAttachment.text(bytes) == nil || Self.isMostlyControls(bytes) {
            self = .other("binary data")
        } else {
            self = Self.looksLikeHTML(bytes) ? .format(.html) : .characters
        }
    }

    private static func known(_ bytes: [UInt8]) -> AttachmentContent? {
        if bytes.prefix(4).elementsEqual([0x50, 0x4B, 0x03, 0x04]) { return OfficePackage.kind(of: bytes) }
        if isPDF(bytes) { return .format(.pdf) }
        if bytes.starts(with: [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) {
            // The stream that holds a sealed package; its name is in the container's directory, in UTF-16.
            let sealed: [UInt8] = "EncryptedPackage".utf8.flatMap { [$0, 0] }
            return contains(sealed, in: bytes)
                ? .encryptedOffice : .other("a file of an old binary Office format")
        }
        return signatures.first { bytes.dropFirst($0.offset).starts(with: $0.bytes) }
            .map { .other($0.name) }
    }

    /// The signature may stand anywhere in the first kilobyte (ISO 32000-1, annex H).
    private static func isPDF(_ bytes: [UInt8]) -> Bool {
        contains(Array("%PDF-".utf8), in: Array(bytes.prefix(1024)))
    }

    private static func contains(_ pattern: [UInt8], in bytes: [UInt8]) -> Bool {
        guard let first = pattern.first else { return true }
        var rest = bytes[...]
        while let place = rest.firstIndex(of: first) {
            if bytes[place...].starts(with: pattern) { return true }
            rest = bytes[(place + 1)...]
        }
        return false
    }

    /// Text has hardly a control character but white space; a kilobyte tells.
    private static func isMostlyControls(_ bytes: [UInt8]) -> Bool {
        let sample = bytes.prefix(1024)
        let isWide = bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
        let controls = sample.count { $0 < 0x20 && !(0x08...0x0D).contains($0) && $0 != 0x1B }
        return !isWide && controls * 10 > sample.count
    }

    private static func looksLikeHTML(_ bytes: [UInt8]) -> Bool {
        var text = String(decoding: bytes.prefix(2048), as: UTF8.self).lowercased()[...]
        text = text.drop { $0.isWhitespace || $0 == "\u{FEFF}" }
        // An XML declaration and comments may come first.
        while text.hasPrefix("<?xml") || text.hasPrefix("<!--") {
            let end = text.hasPrefix("<?xml") ? "?>" : "-->"
            guard let range = text.firstRange(of: end) else { return false }
            text = text[range.upperBound...].drop(while: \.isWhitespace)
        }
        return text.hasPrefix("<!doctype html") || text.hasPrefix("<html")
    }

    private struct Signature {
        var offset = 0
        var bytes: [UInt8]
        var name: String
    }

    private static let signatures: [Signature] = [
        Signature(bytes: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A], name: "a PNG image"),
        Signature(bytes: [0xFF, 0xD8, 0xFF], name: "a JPEG image"),
        Signature(bytes: Array("GIF8".utf8), name: "a GIF image"),
        Signature(bytes: [0x49, 0x49, 0x2A, 0x00], name: "a TIFF image"),
        Signature(bytes: [0x4D, 0x4D, 0x00, 0x2A], name: "a TIFF image"),
        Signature(offset: 8, bytes: Array("WEBP".utf8), name: "a WebP image"),
        Signature(offset: 4, bytes: Array("ftyp".utf8), name: "a video or a photo"),
        Signature(bytes: Array("{\\rtf".utf8), name: "rich text (RTF)"),
        Signature(bytes: [0x50, 0x4B, 0x05, 0x06], name: "an empty zip archive"),
        Signature(bytes: [0x1F, 0x8B], name: "a gzip archive"),
        Signature(bytes: [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], name: "a 7z archive"),
        Signature(bytes: Array("Rar!".utf8), name: "a RAR archive"),
        Signature(bytes: [0x7F, 0x45, 0x4C, 0x46], name: "a program"),
        Signature(bytes: [0x4D, 0x5A, 0x90, 0x00], name: "a program"),
        Signature(bytes: Array("SQLite format 3\u{0}".utf8), name: "an SQLite database"),
    ]
}

extension AttachmentText {
    /// The kind of file that `bytes` are.
    ///
    /// The bytes decide. Among kinds of text the name decides, then the media type. A claim that one of the
    /// two makes and the bytes bear out is enough: servers guess media types.
    static func format(
        of bytes: [UInt8], fileName: String, mediaType: String?
    ) throws(AttachmentRefusal) -> AttachmentFormat {
        let claims = [AttachmentClaim.of(fileName: fileName), AttachmentClaim.of(mediaType: mediaType)]
            .compactMap(\.self)
        let formats = claims.compactMap { claim -> AttachmentFormat? in
            if case .format(let format) = claim { format } else { nil }
        }
        let claimed = formats.first?.article ?? typeName(fileName: fileName, mediaType: mediaType)
        func lie(_ found: String) -> AttachmentRefusal { .liesAboutItsType(claimed: claimed, found: found) }
        let content: AttachmentContent = bytes.isEmpty ? .characters : AttachmentContent(bytes)
        let office = formats.first { [.docx, .xlsx, .pptx].contains($0) }
        switch content {
        case .format(let found) where !found.isText:
            guard formats.contains(found) || claims.isEmpty else { throw lie(found.article) }
            return found
        case .unreadablePackage(let error):
            throw office.map { OfficePackage.refusal(error, $0) } ?? lie("a zip archive")
        case .encryptedOffice:
            throw office.map { .encrypted($0) } ?? lie("an office file with a password")
        case .other(let found):
            throw lie(found)
        case .format, .characters:
            let isHTML = content == .format(.html)
            if isHTML, formats.contains(.html) { return .html }
            let kinds = formats.filter(\.isText)
            if let kind = kinds.first(where: { $0 != .html }) ?? kinds.first { return kind }
            if claims.isEmpty { return isHTML ? .html : .text }
            throw lie(isHTML ? "HTML, such as a sign-in page" : bytes.isEmpty ? "nothing" : "text")
        }
    }
}
