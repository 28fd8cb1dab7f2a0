import Documents

/// The files of an export's attachments: put aside in one pass over the export, read when their turn comes.
struct SpaceExportAttachments: Sendable {
    private enum File: Sendable {
        case kept(SpillFile.Range)
        case skipped(reason: String, isFailure: Bool)
    }

    private let reader: AttachmentText
    private let spill: SpillFile
    private var files: [String: File] = [:]

    /// Puts the files of `items` aside that may be read.
    init(
        items: [SpaceExportPlan.Item], files: ExportFiles, entities: ExportEntities, hasAttachments: Bool?,
        reader: AttachmentText
    ) throws {
        self.reader = reader
        spill = entities.spill
        let attachments = items.map(\.content).filter { $0.kind == .attachment }
        guard !attachments.isEmpty else { return }
        let index = AttachmentFileIndex(try files.names(under: "attachments/"))
        var wanted: [String: String] = [:]
        for attachment in attachments {
            let refusal = reader.refusal(
                fileName: attachment.title, mediaType: entities.mediaType(of: attachment),
                byteCount: entities.byteCount(of: attachment))
            if let refusal {
                self.files[attachment.id] = .skipped(reason: "\(refusal)", isFailure: refusal.isFailure)
            } else if let path = index.path(of: attachment) {
                wanted[path] = attachment.id
                self.files[attachment.id] = .skipped(reason: "it was not read", isFailure: true)
            } else {
                // Missing on purpose only if the export says that it holds no attachments.
                self.files[attachment.id] = .skipped(
                    reason: "the export does not hold its file", isFailure: hasAttachments != false)
            }
        }
        let limit = reader.options.limitBytes
        var damage: [String: String] = [:]
        try files.read(
            Set(wanted.keys),
            visit: { path, stream in
                guard let id = wanted[path] else { return }
                let (bytes, isComplete) = try stream.readAll(limit: limit)
                let tooLarge = AttachmentRefusal.tooLarge(byteCount: limit + 1, limitBytes: limit)
                self.files[id] =
                    isComplete
                    ? .kept(try spill.append(bytes)) : .skipped(reason: "\(tooLarge)", isFailure: false)
            }, damaged: { damage[$0] = $1 })
        for (path, reason) in damage {
            guard let id = wanted[path] else { continue }
            self.files[id] = .skipped(reason: "its file in the export is damaged: \(reason)", isFailure: true)
        }
    }

    /// What an attachment says.
    ///
    /// - Throws: ``SpaceExportProblem`` when it says nothing; `CancellationError`.
    func body(of attachment: ExportContent, mediaType: String?) async throws -> AttachmentBody {
        switch files[attachment.id] {
        case .kept(let range):
            do {
                return try await reader.body(
                    of: try spill.read(range), fileName: attachment.title, mediaType: mediaType)
            } catch let refusal as AttachmentRefusal {
                throw SpaceExportProblem(reason: "\(refusal)", isFailure: refusal.isFailure)
            }
        case .skipped(let reason, let isFailure):
            throw SpaceExportProblem(reason: reason, isFailure: isFailure)
        case nil:
            throw SpaceExportProblem(reason: "it was not read")
        }
    }
}

/// Why one content of an export is no document.
struct SpaceExportProblem: Error {
    var reason: String
    var isFailure = true
}

/// Where the files of attachments lie in an export: `attachments/<page>/<attachment>/<version>`.
struct AttachmentFileIndex {
    private var paths: Set<String>
    /// By the attachment's id, newest version first.
    private var pathsOfAttachment: [Substring: [(version: Int, path: String)]] = [:]

    init(_ names: [String]) {
        paths = Set(names)
        for name in names {
            let parts = name.split(separator: "/")
            guard parts.count == 4 else { continue }
            // Some exports put the file's ending behind the version.
            let version = Int(parts[3].prefix { $0.isNumber }) ?? 0
            pathsOfAttachment[parts[2], default: []].append((version, name))
        }
        for id in pathsOfAttachment.keys { pathsOfAttachment[id]?.sort { $0.version > $1.version } }
    }

    /// The file at its place; else, when a page was moved or versions are counted otherwise, the newest of the
    /// attachment's own files.
    func path(of attachment: ExportContent) -> String? {
        let place = "attachments/\(attachment.containerID ?? "")/\(attachment.id)/\(attachment.version)"
        if paths.contains(place) { return place }
        let known = pathsOfAttachment[attachment.id[...]] ?? []
        return (known.first { $0.version <= attachment.version } ?? known.last)?.path
    }
}
