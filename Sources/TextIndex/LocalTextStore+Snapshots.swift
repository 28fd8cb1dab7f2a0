import Foundation
import VectorIndex

/// The whole index as files that another machine can go on from.
extension LocalTextStore {
    /// The versions of its formats, of segments and of the manifest, as one text.
    public static var formatVersion: String { "\(SegmentHeader.version).\(Manifest.version)" }

    /// The manifest and the segments that it names, open for reading; they hold everything that was stored: what is only
    /// in the log becomes a segment first.
    ///
    /// - Throws: ``TextIndexError/noDirectory`` without a directory, or what the system threw.
    public func openFiles() throws(TextIndexError) -> [IndexFile] {
        try changing { writer throws(TextIndexError) in try writer.openFiles() }
    }

    /// Takes the index in another directory in place of everything that is here, in one step: searches see the one or the
    /// other, and none waits. Files are renamed, not copied, and mapped, not read.
    ///
    /// A kill at any moment leaves either index. Nothing is taken over of the log in that directory.
    ///
    /// - Parameter directory: on the same file system; nobody has it open. Its files are of no use afterwards.
    /// - Returns: the generation that the files were saved with.
    /// - Throws: ``TextIndexError/damaged(file:reason:)`` and the like if they cannot be trusted as far as an opening
    ///   looks, or are of another format; the index is then as it was.
    @discardableResult
    public func adopt(filesIn directory: URL) throws(TextIndexError) -> UInt64 {
        let generation = try changing { writer throws(TextIndexError) in try writer.adopt(directory) }
        noteSaved(generation)
        return generation
    }

    /// Whether a file of this name can be one of an index as ``openFiles()`` gives it.
    public static func isFileName(_ name: String) -> Bool {
        if name == Manifest.name { return true }
        guard name.hasPrefix("segment-"), name.hasSuffix(".text") else { return false }
        let number = name.dropFirst("segment-".count).dropLast(".text".count)
        return !number.isEmpty && number.utf8.count <= 20 && number.allSatisfy { $0.isASCII && $0.isNumber }
    }
}
