import Documents
import Foundation

/// The files of an export, zipped or unpacked into a folder.
struct ExportFiles: Sendable {
    private enum Place: Sendable {
        case zip(ZipArchive)
        case folder(URL)
    }

    static let entitiesName = "entities.xml"
    static let descriptorName = "exportDescriptor.properties"
    private static let descriptorByteLimit = 1 << 20

    private let place: Place
    /// What stands before `entities.xml`: empty, or a folder and a slash.
    private let prefix: String

    init(path: URL, limits: ZipLimits) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path.path, isDirectory: &isFolder) else {
            throw SpaceExportError.unreadable(path: path.path, reason: "there is no such file or folder")
        }
        if isFolder.boolValue {
            guard let root = Self.root(in: path) else {
                let names = (try? FileManager.default.contentsOfDirectory(atPath: path.path)) ?? []
                throw SpaceExportError.notAnExport(path: path.path, hint: Self.hint(names))
            }
            place = .folder(root)
            prefix = ""
        } else {
            let archive = try ZipArchive(path: path.path, limits: limits)
            place = .zip(archive)
            prefix = try Self.prefix(in: archive)
        }
    }

    /// The folder that holds `entities.xml`: `folder` itself, or the one folder in it that does, as unpacking
    /// leaves it; `nil` when there is none.
    static func root(in folder: URL) -> URL? {
        func holdsEntities(_ folder: URL) -> Bool {
            FileManager.default.fileExists(atPath: folder.appendingPathComponent(entitiesName).path)
        }
        if holdsEntities(folder) { return folder }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        let inner = names.map { folder.appendingPathComponent($0) }.filter(holdsEntities)
        return inner.count == 1 ? inner[0] : nil
    }

    /// What kind of export other than an XML one a folder holds, or the one folder in it; `nil` when it seems to be
    /// none.
    static func otherExport(in folder: URL) -> SpaceExportError.Hint? {
        guard root(in: folder) == nil else { return nil }
        let names = visibleNames(in: folder)
        var folders = [folder]
        if names.count == 1 { folders.append(folder.appendingPathComponent(names[0])) }
        for folder in folders {
            let names = Set(visibleNames(in: folder))
            if names.contains(descriptorName) { return hint(names.sorted()) }
            if names.contains("index.html"), isHTMLExport(folder, names) { return .htmlExport }
        }
        return nil
    }

    /// Whether a folder with an `index.html` was written by Confluence: by what its pages say, by its style sheet, or
    /// by the ids in the names of its pages.
    private static func isHTMLExport(_ folder: URL, _ names: Set<String>) -> Bool {
        let style = folder.appendingPathComponent("styles/site.css").path
        if FileManager.default.fileExists(atPath: style) { return true }
        let pages = names.filter { $0.hasSuffix(".html") && $0 != "index.html" }
        let isNumbered = pages.allSatisfy { $0.contains(/^(?:.*_)?[0-9]{3,}\.html$/) }
        if !pages.isEmpty, isNumbered { return true }
        guard let handle = open(folder.appendingPathComponent("index.html")) else { return false }
        defer { try? handle.close() }
        let index = (try? handle.read(upToCount: 1 << 20)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        return ["Confluence", "aui-theme", "Available Pages", "Space Details"].contains { index.contains($0) }
    }

    private static func visibleNames(in folder: URL) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { !$0.hasPrefix(".") }
    }

    /// The files whose names begin with `start`, relative to the export's root.
    func names(under start: String) throws -> [String] {
        switch place {
        case .zip(let archive):
            return archive.entries.compactMap { entry in
                guard entry.isFile, entry.name.hasPrefix(prefix + start) else { return nil }
                return String(entry.name.dropFirst(prefix.count))
            }
        case .folder(let root):
            let walker = FileManager.default.enumerator(atPath: root.appendingPathComponent(start).path)
            var names: [String] = []
            while let name = walker?.nextObject() as? String { names.append(start + name) }
            return names
        }
    }

    /// The descriptor's bytes, or `nil` if there is none.
    func descriptor() throws -> Data? {
        var data: Data?
        try read([Self.descriptorName]) { _, stream in
            data = Data(try stream.readAll(limit: Self.descriptorByteLimit).bytes)
        }
        return data
    }

    /// Lends the bytes of `entities.xml` piece by piece.
    func readEntities(_ body: (ByteStream) throws -> Void) throws {
        var isFound = false
        try read([Self.entitiesName]) { _, stream in
            isFound = true
            try body(stream)
        }
        guard isFound else {
            let reason = "it is no regular file, or may not be read"
            throw SpaceExportError.unreadable(path: Self.entitiesName, reason: reason)
        }
    }

    /// Reads those of `names` that exist; paths are relative to the export's root.
    ///
    /// - Parameter damaged: is told of a file that cannot be read, and the rest goes on; when absent, the first
    ///   such file ends the reading.
    func read(
        _ names: Set<String>, visit: (_ name: String, ByteStream) throws -> Void,
        damaged: ((_ name: String, _ reason: String) -> Void)? = nil
    ) throws {
        switch place {
        case .zip(let archive):
            let prefixCount = prefix.count
            let tell = damaged.map { damaged in
                { (name: String, reason: String) in damaged(String(name.dropFirst(prefixCount)), reason) }
            }
            try archive.read(
                wanted: { $0.hasPrefix(prefix) && names.contains(String($0.dropFirst(prefixCount))) },
                visit: { try visit(String($0.dropFirst(prefixCount)), $1) }, damaged: tell)
        case .folder(let root):
            for name in names.sorted() {
                guard let handle = Self.open(root.appendingPathComponent(name)) else { continue }
                defer { try? handle.close() }
                do {
                    try visit(name, ByteStream { try Self.fill($0, from: handle, name: name) })
                } catch SpaceExportError.unreadable(let path, let reason) where path == name {
                    guard let damaged else { throw SpaceExportError.unreadable(path: path, reason: reason) }
                    damaged(name, reason)
                }
            }
        }
    }

    private static func prefix(in archive: ZipArchive) throws -> String {
        let files = archive.entries.filter(\.isFile).map(\.name)
        let places = files.filter { $0 == entitiesName || $0.hasSuffix("/" + entitiesName) }
        let shortest = places.min { $0.count < $1.count }
        guard let shortest, shortest.split(separator: "/").count <= 2 else {
            throw SpaceExportError.notAnExport(path: archive.path, hint: hint(files))
        }
        if places.count(where: { $0 == shortest }) > 1 {
            throw SpaceExportError.duplicateEntry(path: archive.path, entry: shortest)
        }
        return String(shortest.dropLast(entitiesName.count))
    }

    private static func hint(_ names: [String]) -> SpaceExportError.Hint {
        if names.contains(where: { $0.lowercased().hasSuffix(".csv") }) { return .csvExport }
        if names.contains(where: { $0.lowercased().hasSuffix("index.html") }) { return .htmlExport }
        if names.contains(where: { $0.lowercased().hasSuffix(".zip") }) { return .nestedZip }
        return .unknown
    }

    /// Opens a regular file; a link is not followed, it could lead anywhere.
    private static func open(_ url: URL) -> FileHandle? {
        let attributes = try? FileManager.default.attributesOfItem(atPath: url.path)
        guard attributes?[.type] as? FileAttributeType == .typeRegular else { return nil }
        return FileHandle(forReadingAtPath: url.path)
    }

    private static func fill(
        _ buffer: UnsafeMutableRawBufferPointer, from handle: FileHandle, name: String
    ) throws -> Int {
        let count = Foundation.read(handle.fileDescriptor, buffer.baseAddress, buffer.count)
        guard count >= 0 else {
            throw SpaceExportError.unreadable(path: name, reason: String(cString: strerror(errno)))
        }
        return count
    }
}
