import Documents
import Foundation

/// The text of a file or a page that a flow reads, by what reads attachments.
struct DocumentWords: Sendable {
    let attachments: AttachmentText

    /// - Parameter name: decides, with the bytes, what the file is.
    func text(_ bytes: Data, name: String, mediaType: String? = nil) async throws -> String {
        let body = try await attachments.body(of: Array(bytes), fileName: name, mediaType: mediaType).body
        let page: ParsedPage
        switch body {
        case .plain(let text): return text
        case .storage(let markup): page = try StorageFormatParser().parse(markup)
        case .documentFormat(let json): page = try ADFParser().parse(json)
        case .events(let events): page = try StorageFormatParser().parse(events)
        }
        return TextRenderer(references: KnownNames(names: page.names)).render(page.blocks, title: "").text
    }
}
