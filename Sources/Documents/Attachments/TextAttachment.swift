import Foundation

/// The characters of attachments that are text.
enum TextAttachment {
    /// The characters of `bytes`: UTF-8, UTF-16 with a byte order mark, else Windows-1252, or Latin-1 where
    /// that has no character; `nil` if it is no text.
    static func text(_ bytes: [UInt8]) -> String? {
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            return String(bytes: bytes, encoding: .utf16)
        }
        let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        guard !content.contains(0) else { return nil }
        return String(validating: content, as: UTF8.self)
            ?? String(bytes: content, encoding: .windowsCP1252)
            ?? String(bytes: content, encoding: .isoLatin1)
    }
}
