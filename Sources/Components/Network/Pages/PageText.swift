import Foundation
import Transport

/// HTML to the text that a person reads.
///
/// It is given the bytes of a page, whose encoding it finds out, and called on no particular thread.
public typealias HTMLToText = @Sendable (_ html: Data) async throws -> String

/// What a response's body is, where it is text.
enum PageText {
    /// - Returns: `nil` for what is no text by its type or its bytes.
    static func text(of answer: GuardedHTTP.Answer) -> String? {
        let type = answer.mediaType
        let isNamed =
            type.isEmpty || type.hasPrefix("text/") || type.hasSuffix("+xml") || type.hasSuffix("+json")
            || [
                "application/json", "application/xml", "application/javascript", "application/yaml",
                "application/x-ndjson", "application/x-www-form-urlencoded",
            ].contains(type)
        guard isNamed, !answer.response.body.prefix(1_024).contains(0) else { return nil }
        return decoded(answer.response.body, contentType: answer.response.head["content-type"] ?? "")
    }

    static func isHTML(_ answer: GuardedHTTP.Answer) -> Bool {
        if ["text/html", "application/xhtml+xml"].contains(answer.mediaType) { return true }
        guard answer.mediaType.isEmpty else { return false }
        let start = String(decoding: answer.response.body.prefix(512), as: UTF8.self).lowercased()
        return start.contains("<!doctype html") || start.contains("<html")
    }

    /// Latin-1 and what is written as it, where the header says so; UTF-8 otherwise, with U+FFFD for what is not.
    private static func decoded(_ body: Data, contentType: String) -> String {
        let type = contentType.lowercased()
        let isLatin = ["iso-8859-1", "latin1", "windows-1252", "us-ascii"].contains { type.contains($0) }
        if isLatin, let text = String(data: body, encoding: .windowsCP1252) { return text }
        return String(decoding: body, as: UTF8.self)
    }
}
