import Corpus
import Documents
import Foundation
import Sourcing

/// Pages from a folder: `.xhtml` in storage format, `.adf.json` in Atlassian Document Format, `.md`, `.txt`, and
/// the files whose text an ``AttachmentText`` reads: HTML, CSV, PDF, DOCX, XLSX, PPTX. Everybody may read them.
///
/// A file's path within the folder is its id, so a renamed file is another page. A first heading is the
/// title, else the file's name. Hidden files and links are left alone.
public struct FolderSource: DocumentSource {
    private let folder: URL
    private let space: Space
    private let attachmentText: AttachmentText

    /// Bytes of a file that is read; a larger one is reported and skipped.
    public static let fileLimitBytes = 16 << 20

    /// - Parameter spaceKey: the space that the pages are stored under.
    public init(
        folder: URL, spaceKey: String = "FOLDER", attachmentText: AttachmentText = AttachmentText()
    ) {
        self.attachmentText = attachmentText
        self.folder = folder.standardizedFileURL
        space = Space(key: spaceKey, name: folder.lastPathComponent, type: "folder")
    }

    public var name: String { folder.lastPathComponent }

    /// Every file is read each time: a file has no version that could be trusted.
    public func events(
        storedVersion: @escaping @Sendable (_ id: String) async -> Int?
    ) -> AsyncThrowingStream<SourceEvent, any Error> {
        let walk = Walk()
        return AsyncThrowingStream {
            try await walk.next(of: self)
        }
    }

    /// Where a reader of the folder is; files are read only when asked for.
    private actor Walk {
        private var pending: [SourceEvent]?
        private var paths: ArraySlice<String> = []
        private var isListed = false

        func next(of source: FolderSource) async throws -> SourceEvent? {
            if pending == nil {
                paths = try source.paths()[...]
                pending = [.expected(paths.count), .space(source.space)]
            }
            if let event = pending?.popLast() { return event }
            if let path = paths.popFirst() {
                let (event, notes) = try await source.event(for: path)
                pending?.append(contentsOf: notes.map { .warning("\(path): \($0).") })
                return event
            }
            guard !isListed else { return nil }
            isListed = true
            return .listed(spaceKey: source.space.key)
        }
    }

    /// Of all files that can be read, relative to the folder, sorted.
    private func paths() throws -> [String] {
        // An enumerator says nothing about a folder that is not there; this throws.
        _ = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        guard let walker = FileManager.default.enumerator(atPath: folder.path) else { return [] }
        var result: [String] = []
        while let path = walker.nextObject() as? String {
            let isHidden = path.split(separator: "/").contains { $0.hasPrefix(".") }
            let isRegular = walker.fileAttributes?[.type] as? FileAttributeType == .typeRegular
            let isKnown = Self.isPage(path) || isAttachment(path)
            if isRegular && isKnown && !isHidden { result.append(path) }
        }
        return result.sorted()
    }

    private static let pageEndings: Set<String> = ["xhtml", "md", "txt"]
    private static let documentFormatEnding = ".adf.json"

    private static func isPage(_ path: String) -> Bool {
        path.hasSuffix(documentFormatEnding)
            || pageEndings.contains((path as NSString).pathExtension.lowercased())
    }

    /// The file's name without what says its format.
    private static func stem(_ file: URL) -> String {
        let name = file.lastPathComponent
        return name.hasSuffix(documentFormatEnding)
            ? String(name.dropLast(documentFormatEnding.count))
            : file.deletingPathExtension().lastPathComponent
    }

    /// Whether a file other than a page is read as an attachment would be; program text and data are not.
    private func isAttachment(_ path: String) -> Bool {
        guard case .format(let format) = AttachmentClaim.of(fileName: path) else { return false }
        return format != .text && attachmentText.options.formats.contains(format)
    }

    /// The event of one file, and what is to be noted about it.
    private func event(for path: String) async throws -> (SourceEvent, notes: [String]) {
        let file = folder.appendingPathComponent(path)
        let stem = Self.stem(file)
        func skipped(_ reason: String, isFailure: Bool = true) -> (SourceEvent, notes: [String]) {
            (.skipped(SkippedDocument(id: path, title: stem, reason: reason, isFailure: isFailure)), [])
        }
        do {
            let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
            let size = (attributes[.size] as? Int) ?? 0
            let isPage = Self.isPage(path)
            let limit = isPage ? Self.fileLimitBytes : attachmentText.options.limitBytes
            guard size <= limit else {
                return skipped("The file has \(size) bytes; the limit is \(limit). Split it.")
            }
            let data = try Data(contentsOf: file)
            var document = Document(
                id: path, kind: .page, spaceKey: space.key, title: stem,
                updatedAt: attributes[.modificationDate] as? Date, url: file.absoluteString, text: "",
                readers: .everybody)
            guard isPage else {
                let read = try await attachmentText.body(
                    of: [UInt8](data), fileName: file.lastPathComponent, mediaType: nil)
                return (.document(SourceDocument(document: document, body: read.body)), read.notes)
            }
            guard let text = String(bytes: data, encoding: .utf8) else {
                return skipped("The file is not UTF-8. Convert it first.")
            }
            let isStorage = file.pathExtension.lowercased() == "xhtml"
            document.title = (isStorage ? Self.storageTitle(text) : Self.markdownTitle(text, file)) ?? stem
            let isDocumentFormat = path.hasSuffix(Self.documentFormatEnding)
            let body: DocumentBody =
                isStorage ? .storage(text) : isDocumentFormat ? .documentFormat(text) : .plain(text)
            return (.document(SourceDocument(document: document, body: body)), [])
        } catch let refusal as AttachmentRefusal {
            return skipped("The file is left out: \(refusal).", isFailure: refusal.isFailure)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            return skipped("The file cannot be read: \(error.localizedDescription)")
        }
    }

    private static func markdownTitle(_ text: String, _ file: URL) -> String? {
        guard file.pathExtension.lowercased() == "md" else { return nil }
        let line = text.split(whereSeparator: \.isNewline).first { $0.hasPrefix("# ") }
        return line.map { $0.dropFirst(2).trimmingCharacters(in: .whitespaces) }.flatMap {
            $0.isEmpty ? nil : $0
        }
    }

    /// The text of the first `h1` when it holds no markup.
    private static func storageTitle(_ text: String) -> String? {
        guard let start = text.firstRange(of: "<h1>"),
            let end = text[start.upperBound...].firstRange(of: "</h1>")
        else { return nil }
        let title = text[start.upperBound..<end.lowerBound].trimmingCharacters(in: .whitespacesAndNewlines)
        return title.isEmpty || title.contains { "<&".contains($0) } ? nil : title
    }
}
