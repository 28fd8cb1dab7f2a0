/// How much of attachments is read.
public struct AttachmentOptions: Sendable {
    /// What is read; everything by default.
    public var formats: Set<AttachmentFormat>
    /// Bytes of a file; a larger one is left out with its size as the reason.
    public var limitBytes: Int
    /// Bytes of text that one file may give; the rest is cut off, with a note.
    public var textLimitBytes: Int
    /// Seconds that a program of its own may take for one file.
    public var toolTimeoutSeconds: Int
    /// The address space that a program of its own may take.
    public var toolMemoryBytes: Int
    /// Where `pdftotext` is; `nil` when there is none.
    public var pdftotext: String?

    public init(
        formats: Set<AttachmentFormat> = Set(AttachmentFormat.allCases), limitBytes: Int = 20 << 20,
        textLimitBytes: Int = 5 << 20, toolTimeoutSeconds: Int = 60, toolMemoryBytes: Int = 1 << 30,
        pdftotext: String? = PDFTool.onPath()
    ) {
        self.formats = formats
        self.limitBytes = limitBytes
        self.textLimitBytes = textLimitBytes
        self.toolTimeoutSeconds = toolTimeoutSeconds
        self.toolMemoryBytes = toolMemoryBytes
        self.pdftotext = pdftotext
    }
}

/// What an attachment says.
public struct AttachmentBody: Sendable {
    public var body: DocumentBody
    /// What a person may want to know, such as that the text was cut; empty as a rule.
    public var notes: [String]

    public init(body: DocumentBody, notes: [String]) {
        self.body = body
        self.notes = notes
    }
}

/// Turns the file of an attachment into a document's body.
///
/// Every format but plain text and Markdown becomes elements of storage format, so that one builder and one
/// renderer read all. What divides a file is a heading: `Page 3` of a PDF, `Sheet Budget` of a workbook, `Slide 7` of a
/// presentation; so chunks carry it as their heading path and citations say it.
///
/// The bytes decide what a file is; its name and media type decide among kinds of text, and a file that is
/// neither what its name nor what its media type says is refused as such. Nothing in a file is fetched or
/// run.
public struct AttachmentText: Sendable {
    public var options: AttachmentOptions

    public init(options: AttachmentOptions = AttachmentOptions()) {
        self.options = options
    }

    /// What can be said before the bytes are there, so that no image is fetched: why the attachment will not
    /// be read, or `nil` if it may be.
    ///
    /// - Parameters:
    ///   - mediaType: as the source says, parameters and all.
    ///   - byteCount: as the source says; `nil` when it does not.
    public func refusal(fileName: String, mediaType: String?, byteCount: Int?) -> AttachmentRefusal? {
        let claims = [AttachmentClaim.of(fileName: fileName), AttachmentClaim.of(mediaType: mediaType)]
        let formats = claims.compactMap { claim -> AttachmentFormat? in
            if case .format(let format) = claim { format } else { nil }
        }
        guard !formats.isEmpty else {
            return .unsupported(type: Self.typeName(fileName: fileName, mediaType: mediaType))
        }
        if let off = formats.first, !formats.contains(where: options.formats.contains) {
            return .switchedOff(off)
        }
        if let byteCount, byteCount > options.limitBytes {
            return .tooLarge(byteCount: byteCount, limitBytes: options.limitBytes)
        }
        return nil
    }

    /// Reads an attachment.
    ///
    /// - Throws: ``AttachmentRefusal``, or `CancellationError`.
    public func body(
        of bytes: [UInt8], fileName: String, mediaType: String?
    ) async throws -> AttachmentBody {
        if let refusal = refusal(fileName: fileName, mediaType: mediaType, byteCount: bytes.count) {
            throw refusal
        }
        let format = try Self.format(of: bytes, fileName: fileName, mediaType: mediaType)
        guard options.formats.contains(format) else { throw AttachmentRefusal.switchedOff(format) }
        let writer = MarkupWriter(byteLimit: options.textLimitBytes)
        switch format {
        case .text, .markdown: return try plain(bytes, format)
        case .csv: return try finish(try CSVText.markup(try characters(bytes), into: writer), .csv)
        case .html: return try finish(try HTMLText.markup(bytes, into: writer), .html)
        case .pdf: return try finish(try await PDFTool(options).markup(of: bytes, into: writer), .pdf)
        case .docx: return try finish(try WordText.markup(bytes, into: writer), .docx)
        case .xlsx: return try finish(try SheetText.markup(bytes, into: writer), .xlsx)
        case .pptx: return try finish(try SlideText.markup(bytes, into: writer), .pptx)
        }
    }

    private func plain(_ bytes: [UInt8], _ format: AttachmentFormat) throws -> AttachmentBody {
        let text = try characters(bytes)
        guard text.utf8.count > options.textLimitBytes else {
            return AttachmentBody(body: .plain(text), notes: [])
        }
        // A cut inside a character leaves a replacement character, which goes with the last line.
        let kept = String(decoding: text.utf8.prefix(options.textLimitBytes), as: UTF8.self)
        let lines = kept.lastIndex(where: \.isNewline).map { String(kept[..<$0]) } ?? kept
        return AttachmentBody(body: .plain(lines), notes: [cutNote])
    }

    private func characters(_ bytes: [UInt8]) throws -> String {
        guard let text = TextAttachment.text(bytes) else {
            throw AttachmentRefusal.liesAboutItsType(claimed: "text", found: "binary data")
        }
        return text
    }

    private func finish(_ written: MarkupWriter, _ format: AttachmentFormat) throws -> AttachmentBody {
        var written = written
        let markup = written.finish()
        guard written.hasText else { throw AttachmentRefusal.noText(format) }
        return AttachmentBody(
            body: .events(markup), notes: written.notes + (written.isCut ? [cutNote] : []))
    }

    private var cutNote: String {
        """
        only the first part of its text was taken in; ingest.attachment_text_limit_bytes \
        (\(options.textLimitBytes)) sets how much
        """
    }

    static func typeName(fileName: String, mediaType: String?) -> String {
        if let type = mediaType, !type.isEmpty { return String(type.prefix(80)) }
        if case .other(let ending) = AttachmentClaim.of(fileName: fileName) { return "." + ending }
        return "unknown"
    }
}
