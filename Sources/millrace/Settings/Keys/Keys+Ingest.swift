import Documents
import Confluence
import Foundation
import Ingest

extension Keys {
    struct Ingest: Sendable {
        private static let formats = AttachmentFormat.allCases.map(\.rawValue)

        let attachments = Setting<Set<AttachmentFormat>>(
            "ingest.attachments", standard: "all", "which attachments are read",
            range: "`all`, `none`, or some of " + Self.formats.map { "`\($0)`" }.joined(separator: ", ")
        ) { text in
            let names = Setting<Set<AttachmentFormat>>.parts(text)
            if names == ["all"] { return .value(Set(AttachmentFormat.allCases)) }
            if names == ["none"] { return .value([]) }
            let formats = names.compactMap { AttachmentFormat(rawValue: $0) }
            return Reading(
                formats.count == names.count ? Set(formats) : nil,
                expected: "all, none, or some of \(Self.formats.joined(separator: ", ")) are expected")
        }
        let attachmentLimitBytes = Setting<Int>(
            "ingest.attachment_limit_bytes", 20_971_520, in: 1...1 << 28,
            "the largest attachment that is read")
        let attachmentTextLimitBytes = Setting<Int>(
            "ingest.attachment_text_limit_bytes", 5_242_880, in: 1_024...12 << 20,
            "how much text one attachment may give; the rest is cut off, with a warning")
        let attachmentTimeoutSeconds = Setting<Int>(
            "ingest.attachment_timeout_seconds", 60, in: 1...3_600, "how long pdftotext may take for a file")
        let pdftotext = Setting<String?>(
            "ingest.pdftotext", "the path of pdftotext; empty for the one on the PATH")
        let strategy = Setting<ChunkerConfiguration.Strategy>(
            "ingest.strategy", .structure, "how pages are cut into chunks")
        let maxTokens = Setting<Int>(
            "ingest.max_tokens", 254, in: 32...32_768, "tokens of a chunk at most, its headings included")
        let maxRemovalShare = Setting<Double>(
            "ingest.max_removal_share", 0.5, in: 0...1,
            "share of a space's documents that one ingest may remove")
        let pageCache = Setting<String?>(
            "ingest.page_cache",
            "the folder that keeps pages as Confluence gave them; empty for “pages” in the data folder")
        let pageCacheMiB = Setting<Int>(
            "ingest.page_cache_mb", 2_048, in: 0...10_000_000,
            "the most that is kept of them, in MiB; 0 to keep none")
        let uploadLimitMiB = Setting<Int>(
            "ingest.upload_limit_mb", 512, in: 0...1_000_000,
            "the largest file that is taken for ingest over HTTP, in MiB; 0 to take none")
        let renderedMacros = Setting<ConfluenceConfiguration.RenderedMacros>(
            "ingest.rendered_macros", .off,
            "tables: what live macros list is taken from the rendered page (live Confluence)")
    }
}
