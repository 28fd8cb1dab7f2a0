import Corpus
import Foundation

/// What hangs below a page on Cloud: comments with their replies, attachments and their files.
extension ConfluenceCloud {
    func comments(on content: RemoteContent) async throws -> [RemoteContent] {
        guard content.hasComments != false else { return [] }
        let owner =
            "/api/v2/\(content.kind == .blogPost ? "blogposts" : "pages")/"
            + ConfluenceLinks.escaped(content.id)
        var comments: [RemoteContent] = []
        let lists = [
            ("footer-comments", ConfluenceScope.Kind.footerComments), ("inline-comments", .inlineComments),
        ]
        for (list, kind) in lists where scope.kinds.contains(kind) {
            let isInline = list == "inline-comments"
            var waiting: [CloudWire.Content] = try await api.list("\(owner)/\(list)?limit=\(limit)")
            var known = Set(waiting.map(\.id))
            while let next = waiting.popLast() {
                var comment = self.content(next, kind: .comment)
                comment.isInlineComment = isInline
                comments.append(comment)
                let id = ConfluenceLinks.escaped(next.id.text)
                let replies = try await replies(to: id, in: list)
                waiting += replies.filter { known.insert($0.id).inserted }
            }
        }
        return comments
    }

    private func replies(to id: String, in list: String) async throws -> [CloudWire.Content] {
        do {
            return try await api.list("/api/v2/\(list)/\(id)/children?limit=\(limit)")
        } catch ConfluenceError.status(404, _) {
            // The comment went since it was listed; its page did not.
            return []
        }
    }

    func attachments(of content: RemoteContent) async throws -> [RemoteContent] {
        guard content.hasAttachments != false else { return [] }
        let owner = content.kind == .blogPost ? "blogposts" : "pages"
        let id = ConfluenceLinks.escaped(content.id)
        let found: [CloudWire.Content] = try await api.list(
            "/api/v2/\(owner)/\(id)/attachments?status=current&limit=\(limit)")
        return found.map { attachment in
            var remote = self.content(attachment, kind: .attachment)
            remote.labels = []
            remote.containerID = content.id
            remote.file = attachment.downloadLink.map {
                RemoteContent.File(mediaType: attachment.mediaType, byteCount: attachment.fileSize, link: $0)
            }
            return remote
        }
    }

    /// Not by `downloadLink`, which is for a browser's session and takes no API token.
    func file(of attachment: RemoteContent, _ file: RemoteContent.File) async throws -> Data {
        guard let owner = attachment.containerID else {
            throw ConfluenceError.invalidAnswer(
                path: "/api/v2/attachments/\(attachment.id)", reason: "“pageId” is missing")
        }
        let (page, id) = (ConfluenceLinks.escaped(owner), ConfluenceLinks.escaped(attachment.id))
        return try await api.download(
            "/rest/api/content/\(page)/child/attachment/\(id)/download", fileName: attachment.title,
            mediaType: file.mediaType, byteCount: file.byteCount)
    }
}
