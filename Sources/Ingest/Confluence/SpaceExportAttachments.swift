import Foundation

/// The texts of attachments, read from the export's files.
struct SpaceExportAttachments: Sendable {
    /// What became of one attachment.
    enum Outcome: Sendable {
        case text(SpillFile.Range)
        case skipped(reason: String, isFailure: Bool)
    }

    /// A longer attachment is skipped.
    static let byteLimit = 5 << 20

    private var outcomes: [String: Outcome] = [:]

    /// Reads the files of `items` that are text, in one pass over the export.
    init(
        items: [SpaceExportPlan.Item], files: ExportFiles, entities: ExportEntities, hasAttachments: Bool?
    ) throws {
        var wanted: [String: String] = [:]
        for item in items where item.content.kind == .attachment {
            let attachment = item.content
            let mediaType = entities.mediaType(of: attachment)
            if !TextAttachment.isText(mediaType: mediaType, fileName: attachment.title) {
                let type = mediaType ?? "unknown"
                skip(attachment, "attachments of the type \(type.prefix(80)) are not read", isFailure: false)
            } else if let count = entities.byteCount(of: attachment), count > Self.byteLimit {
                skip(attachment, "it is larger than \(Self.byteLimit) bytes (\(count))", isFailure: false)
            } else {
                wanted[Self.path(attachment)] = attachment.id
                let isExpected = hasAttachments != false
                skip(attachment, "the export does not hold its file", isFailure: isExpected)
            }
        }
        try files.read(Set(wanted.keys)) { path, stream in
            guard let id = wanted[path] else { return }
            outcomes[id] = try Self.store(stream, in: entities.spill)
        }
    }

    func outcome(of attachment: ExportContent) -> Outcome {
        outcomes[attachment.id] ?? .skipped(reason: "it was not read", isFailure: true)
    }

    private static func path(_ attachment: ExportContent) -> String {
        "attachments/\(attachment.containerID ?? "")/\(attachment.id)/\(attachment.version)"
    }

    private mutating func skip(_ attachment: ExportContent, _ reason: String, isFailure: Bool) {
        outcomes[attachment.id] = .skipped(reason: reason, isFailure: isFailure)
    }

    private static func store(
        _ stream: ByteStream, in spill: SpillFile
    ) throws -> Outcome {
        let (bytes, isComplete) = try stream.readAll(limit: byteLimit)
        guard isComplete else {
            return .skipped(reason: "it is larger than \(byteLimit) bytes", isFailure: false)
        }
        guard let text = TextAttachment.text(bytes) else {
            return .skipped(reason: "it says that it is text, but holds binary data", isFailure: true)
        }
        return .text(try spill.append(Array(text.utf8)))
    }
}
