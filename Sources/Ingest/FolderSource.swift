import Corpus
import Foundation

/// Pages from a folder: `.xhtml` in storage format, `.md` and `.txt`. Everybody may read them.
///
/// A file's path within the folder is its id, so a renamed file is another page. A first heading is the
/// title, else the file's name. Hidden files and links are left alone.
public struct FolderSource: DocumentSource {
    private let folder: URL
    private let space: Space

    /// Bytes of a file that is read; a larger one is reported and skipped.
    public static let fileLimitBytes = 16 << 20

    /// - Parameter spaceKey: the space that the pages are stored under.
    public init(folder: URL, spaceKey: String = "FOLDER") {
        self.folder = folder.standardizedFileURL
        space = Space(key: spaceKey, name: folder.lastPathComponent, type: "folder")
    }

    public var name: String { folder.lastPathComponent }

    /// Every file is read each time: a file has no version that could be trusted.
    public func events(
        storedVersion: @escaping @Sendable (_ id: String) -> Int?
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

        func next(of source: FolderSource) throws -> SourceEvent? {
            if pending == nil {
                paths = try source.paths()[...]
                pending = [.expected(paths.count), .space(source.space)]
            }
            if let event = pending?.popLast() { return event }
            if let path = paths.popFirst() { return source.event(for: path) }
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
            let isKnown = ["xhtml", "md", "txt"].contains((path as NSString).pathExtension.lowercased())
            if isRegular && isKnown && !isHidden { result.append(path) }
        }
        return result.sorted()
    }

    private func event(for path: String) -> SourceEvent {
        let file = folder.appendingPathComponent(path)
        let stem = file.deletingPathExtension().lastPathComponent
        func skipped(_ reason: String) -> SourceEvent {
            .skipped(SkippedDocument(id: path, title: stem, reason: reason, isFailure: true))
        }
        do {
            let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
            let size = (attributes[.size] as? Int) ?? 0
            guard size <= Self.fileLimitBytes else {
                return skipped("The file has \(size) bytes; the limit is \(Self.fileLimitBytes). Split it.")
            }
            let data = try Data(contentsOf: file)
            guard let text = String(bytes: data, encoding: .utf8) else {
                return skipped("The file is not UTF-8. Convert it first.")
            }
            let isStorage = file.pathExtension.lowercased() == "xhtml"
            return .document(
                SourceDocument(
                    document: Document(
                        id: path, kind: .page, spaceKey: space.key,
                        title: (isStorage ? Self.storageTitle(text) : Self.markdownTitle(text, file)) ?? stem,
                        updatedAt: attributes[.modificationDate] as? Date, url: file.absoluteString, text: "",
                        readers: .everybody),
                    body: isStorage ? .storage(text) : .plain(text)))
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
