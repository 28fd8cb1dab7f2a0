import Documents
import Foundation
import Ingest

extension Composition {
    /// What reads attachments, as the settings `ingest.attachment…` say.
    func attachmentText() throws -> AttachmentText {
        let settings = configuration.settings
        return AttachmentText(
            options: AttachmentOptions(
                formats: try attachmentFormats(),
                limitBytes: try settings.integer("ingest.attachment_limit_bytes", in: 1...1 << 28),
                textLimitBytes: try settings.integer(
                    "ingest.attachment_text_limit_bytes", in: 1_024...12 << 20),
                toolTimeoutSeconds: try settings.integer("ingest.attachment_timeout_seconds", in: 1...3_600),
                pdftotext: settings.optionalText("ingest.pdftotext") ?? PDFTool.onPath()))
    }

    private func attachmentFormats() throws -> Set<AttachmentFormat> {
        let names = configuration.settings.list("ingest.attachments")
        if names == ["all"] { return Set(AttachmentFormat.allCases) }
        if names.isEmpty || names == ["none"] { return [] }
        let formats = names.compactMap { AttachmentFormat(rawValue: $0) }
        guard formats.count == names.count else {
            let known = AttachmentFormat.allCases.map(\.rawValue).joined(separator: ", ")
            throw configuration.settings.bad(
                "ingest.attachments", "all, none, or some of \(known) are expected")
        }
        return Set(formats)
    }
}
