import Documents
import Sourcing

extension ConfluenceSpaceReader {
    /// What an attachment says, or `nil` after it was reported as skipped. A file that will not be read is not
    /// fetched.
    func body(ofAttachment attachment: RemoteContent) async throws -> DocumentBody? {
        let reader = crawl.configuration.attachmentText
        let name = attachment.title
        do {
            guard let file = attachment.file else { throw AttachmentRefusal.unsupported(type: "unknown") }
            let refusal = reader.refusal(
                fileName: name, mediaType: file.mediaType, byteCount: file.byteCount)
            if let refusal { throw refusal }
            let bytes = [UInt8](try await crawl.dialect.file(of: attachment, file))
            let body = try await reader.body(of: bytes, fileName: name, mediaType: file.mediaType)
            for note in body.notes {
                try await crawl.sink.send(.warning("Attachment \(attachment.id) “\(name)”: \(note)."))
            }
            return body.body
        } catch let refusal as AttachmentRefusal {
            try await crawl.skip(attachment.id, name, "\(refusal)", isFailure: refusal.isFailure)
            return nil
        }
    }
}
