/// A Word, Excel or PowerPoint file: a zip archive of parts that refer to each other (ECMA-376, part 2).
struct OfficePackage {
    /// What one part says of another.
    struct Relationship {
        var id: String
        /// The last word of its type: `image`, `slide`, `hyperlink`, …
        var type: String
        /// The part's name in the archive, or a URL when it is external.
        var target: String
        var isExternal: Bool
    }

    /// Far more than an office program writes, far less than memory.
    private static let limits = ZipLimits(
        entryCount: 20_000, uncompressedBytes: 1 << 30, compressionRatio: 400, ratioGraceBytes: 64 << 20)

    private let archive: ZipArchive
    private let format: AttachmentFormat
    /// Names as they are, by their names in lower case: part names are compared without regard to case.
    private let names: [String: String]

    /// - Throws: ``AttachmentRefusal``.
    init(_ bytes: [UInt8], _ format: AttachmentFormat) throws {
        self.format = format
        do {
            archive = try ZipArchive(bytes: bytes, limits: Self.limits)
        } catch let error as ArchiveError {
            throw Self.refusal(error, format)
        }
        names = Dictionary(
            archive.entries.filter(\.isFile).map { ($0.name.lowercased(), $0.name) },
            uniquingKeysWith: { first, _ in first })
    }

    /// What the zip archive `bytes` holds: an office file, another archive, or something damaged.
    static func kind(of bytes: [UInt8]) -> AttachmentContent {
        do {
            let archive = try ZipArchive(bytes: bytes, limits: limits)
            let names = archive.entries.map { $0.name.lowercased() }
            let hasTypes = names.contains("[content_types].xml")
            let places: [(prefix: String, format: AttachmentFormat)] = [
                ("word/", .docx), ("xl/", .xlsx), ("ppt/", .pptx),
            ]
            for place in places where hasTypes && names.contains(where: { $0.hasPrefix(place.prefix) }) {
                return .format(place.format)
            }
            return .other("a zip archive")
        } catch let error as ArchiveError {
            return .unreadablePackage(error)
        } catch {
            return .other("a zip archive")
        }
    }

    static func refusal(_ error: ArchiveError, _ format: AttachmentFormat) -> AttachmentRefusal {
        switch error {
        case .encryptedZip: .encrypted(format)
        case .limitExceeded(_, let what, let found, let limit):
            .bomb(format, reason: "it holds \(found) \(what.rawValue), the limit is \(limit)")
        case .damagedZip(_, let reason): .damaged(format, reason: reason)
        case .unsafeEntryName: .damaged(format, reason: "a part's name leads out of the file")
        default: .damaged(format, reason: "its archive cannot be read")
        }
    }

    func has(_ name: String) -> Bool {
        names[name.lowercased()] != nil
    }

    /// Streams a part; does nothing when there is none of that name.
    ///
    /// - Throws: ``AttachmentRefusal``, `CancellationError`.
    func read(_ name: String, into handler: any OfficeXMLHandler) throws {
        guard let actual = names[name.lowercased()] else { return }
        try Task.checkCancellation()
        do {
            var isRead = false
            try archive.read {
                $0 == actual && !isRead
            } visit: { _, stream in
                isRead = true
                try OfficeXML.read(stream, into: handler)
            }
        } catch let error as ArchiveError {
            throw Self.refusal(error, format)
        } catch let fault as OfficeXMLFault {
            throw AttachmentRefusal.damaged(format, reason: "\(fault.reason) (\(actual.suffix(80)))")
        }
    }

    /// The part that the whole file is about.
    func mainPart() throws -> String {
        let root = try relationships(ofPart: "")
        if let main = root.first(where: { $0.type == "officeDocument" && has($0.target) }) {
            return main.target
        }
        let usual: [AttachmentFormat: String] = [
            .docx: "word/document.xml", .xlsx: "xl/workbook.xml", .pptx: "ppt/presentation.xml",
        ]
        guard let name = usual[format], has(name) else {
            throw AttachmentRefusal.damaged(format, reason: "its main part is not there")
        }
        return name
    }

    /// - Parameter part: its name, or an empty one for those of the file as a whole.
    func relationships(ofPart part: String) throws -> [Relationship] {
        let folder = part.lastIndex(of: "/").map { String(part[...$0]) } ?? ""
        let name = part.dropFirst(folder.count)
        let reader = RelationshipReader(folder: folder)
        try read("\(folder)_rels/\(name).rels", into: reader)
        return reader.found
    }
}

private final class RelationshipReader: OfficeXMLHandler {
    private(set) var found: [OfficePackage.Relationship] = []
    private let folder: String

    init(folder: String) {
        self.folder = folder
    }

    func start(_ name: String, _ attributes: OfficeAttributes) {
        guard name == "Relationship", let id = attributes["Id"], let target = attributes["Target"] else {
            return
        }
        let isExternal = attributes["TargetMode"] == "External"
        found.append(
            OfficePackage.Relationship(
                id: id, type: attributes["Type"]?.split(separator: "/").last.map(String.init) ?? "",
                target: isExternal ? target : resolved(target), isExternal: isExternal))
    }

    func text(_ text: String) {}
    func end(_ name: String) {}

    /// Targets are relative to the part's folder, or absolute with a slash in front.
    private func resolved(_ target: String) -> String {
        var parts = target.hasPrefix("/") ? [] : folder.split(separator: "/")
        for step in target.split(separator: "/") {
            switch step {
            case ".": continue
            case "..": _ = parts.popLast()
            default: parts.append(step)
            }
        }
        return parts.joined(separator: "/")
    }
}
