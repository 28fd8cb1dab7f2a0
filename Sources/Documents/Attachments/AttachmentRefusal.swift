/// Why the text of one attachment is not read.
public enum AttachmentRefusal: Error, Hashable, Sendable {
    /// Attachments of this kind were switched off.
    case switchedOff(AttachmentFormat)
    /// Its text cannot be read by anything here.
    case unsupported(type: String)
    case tooLarge(byteCount: Int, limitBytes: Int)
    /// Name and media type say one thing, the bytes another.
    case liesAboutItsType(claimed: String, found: String)
    /// A password is needed to open it.
    case encrypted(AttachmentFormat)
    case damaged(AttachmentFormat, reason: String)
    /// It holds more than it may when it is unpacked.
    case bomb(AttachmentFormat, reason: String)
    /// It opens, but there is no text in it.
    case noText(AttachmentFormat)
    /// The program that reads it is not there.
    case toolMissing(name: String, advice: String)
    /// The program that reads it did not do so.
    case toolFailed(name: String, reason: String)

    /// Whether something went wrong (`true`), or the attachment is left out by its nature or on purpose.
    ///
    /// A failure keeps what is stored of an earlier version; so a program that is missing today removes
    /// nothing.
    public var isFailure: Bool {
        switch self {
        case .switchedOff, .unsupported, .tooLarge, .noText: false
        case .liesAboutItsType, .encrypted, .damaged, .bomb, .toolMissing, .toolFailed: true
        }
    }
}

extension AttachmentRefusal: CustomStringConvertible {
    public var description: String {
        switch self {
        case .switchedOff(let format):
            "attachments of the kind \(format.rawValue) are switched off (ingest.attachments)"
        case .unsupported(let type):
            "attachments of the type \(type) are not read"
        case .tooLarge(let byteCount, let limitBytes):
            "it is larger than \(limitBytes) bytes (\(byteCount)), see ingest.attachment_limit_bytes"
        case .liesAboutItsType(let claimed, let found):
            "it says that it is \(claimed), but holds \(found); attach it under its right name"
        case .encrypted(let format):
            "it is \(format.article) that only opens with a password; attach it without one"
        case .damaged(let format, let reason):
            "it is \(format.article) that is damaged: \(reason); attach it again"
        case .bomb(let format, let reason):
            "it is \(format.article) that is refused as a zip bomb: \(reason)"
        case .noText(let format):
            format == .pdf
                ? "the PDF holds no text, only pictures of it (a scan); run OCR on it and attach it again"
                : "there is no text in it"
        case .toolMissing(let name, let advice):
            "\(name), which reads it, is not installed; \(advice)"
        case .toolFailed(let name, let reason):
            "\(name) could not read it: \(reason)"
        }
    }
}
