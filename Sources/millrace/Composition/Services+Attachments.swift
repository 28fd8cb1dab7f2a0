import Documents
import Foundation
import Ingest

extension Services {
    /// What reads attachments, as the settings `ingest.attachment…` say.
    func attachmentText() -> AttachmentText {
        AttachmentText(
            options: AttachmentOptions(
                formats: settings[\.ingest.attachments],
                limitBytes: settings[\.ingest.attachmentLimitBytes],
                textLimitBytes: settings[\.ingest.attachmentTextLimitBytes],
                toolTimeoutSeconds: settings[\.ingest.attachmentTimeoutSeconds],
                pdftotext: settings[\.ingest.pdftotext] ?? PDFTool.onPath()))
    }
}
