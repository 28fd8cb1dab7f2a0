import Foundation

/// An image that a model is shown.
public struct ImageContent: Sendable, Hashable {
    /// What every provider of models that see takes.
    public enum Format: String, Sendable, Codable, CaseIterable {
        case png, jpeg, gif, webp
    }

    public let format: Format
    public let data: Data

    /// Bytes that an image may have.
    public static let limitBytes = 3_750_000

    /// - Parameter data: the file's bytes; its first ones tell the format.
    /// - Throws: ``ModelsError/invalidRequest(reason:)`` for another format and for more than ``limitBytes``.
    public init(_ data: Data) throws(ModelsError) {
        guard let format = Format(of: data) else {
            throw .invalidRequest(reason: "an image is neither PNG, JPEG, GIF nor WebP")
        }
        guard data.count <= Self.limitBytes else {
            throw .invalidRequest(
                reason: "an image has \(data.count) bytes; \(Self.limitBytes) are the most")
        }
        self.format = format
        self.data = data
    }
}

extension ImageContent.Format {
    /// By the bytes that each format's specification has at its beginning.
    fileprivate init?(of data: Data) {
        let head = [UInt8](data.prefix(12))
        if head.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            self = .png
        } else if head.starts(with: [0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else if head.starts(with: Array("GIF87a".utf8)) || head.starts(with: Array("GIF89a".utf8)) {
            self = .gif
        } else if head.starts(with: Array("RIFF".utf8)), head.dropFirst(8).elementsEqual("WEBP".utf8) {
            self = .webp
        } else {
            return nil
        }
    }
}
