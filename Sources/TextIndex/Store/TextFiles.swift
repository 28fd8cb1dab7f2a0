import Foundation
import VectorIndex

/// The files behind a store: a manifest, the segments it names, the log of what was changed since, and the
/// lock that keeps everybody else out.
///
/// A change is first written to the log and then made in memory; it is acknowledged once the log is on the
/// device. A manifest is only ever replaced by one whose segments hold everything the log holds.
struct TextFiles {
    let directory: URL
    let disk: Disk
    private let lock: DirectoryLock
    private(set) var manifest: Manifest
    var log: IndexLog
    var generation: UInt64

    /// Opens what is in a directory; a directory without files is an empty index.
    ///
    /// - Parameter replay: gets the changes that the segments do not hold.
    init(
        _ directory: URL, format: TextFormat, disk: Disk,
        found: ([SegmentView]) throws(TextIndexError) -> Void,
        replay: (LogRecord) throws(TextIndexError) -> Void
    ) throws(TextIndexError) {
        (self.directory, self.disk) = (directory, disk)
        lock = try onDisk { () throws(VectorIndexError) in try DirectoryLock(directory, disk: disk) }
        let stored = try onDisk { () throws(VectorIndexError) in try Manifest.read(in: directory) }
        let logPath = directory.appendingPathComponent(IndexLog.name).path
        let manifestPath = directory.appendingPathComponent(Manifest.name).path
        if let stored {
            guard stored.fields == format.fields else {
                throw .settingMismatch(
                    file: manifestPath, name: "fields", stored: stored.fields.joined(separator: ", "),
                    requested: format.fields.joined(separator: ", "))
            }
            // A log is there before the first manifest is, and from then on always.
            guard access(logPath, F_OK) == 0 else {
                throw .damaged(
                    file: logPath, reason: "it is missing, and with it every change since the manifest")
            }
        }
        manifest = stored ?? Manifest(fields: format.fields)
        generation = manifest.generation
        try Self.removeLeftovers(in: directory, keeping: manifest, disk: disk)
        try found(try Self.views(of: manifest, in: directory))
        var number = manifest.generation
        let header = LogHeader(
            metric: LogHeader.textMark, dimension: UInt32(format.fields.count), sequence: manifest.sequence)
        let covered = manifest.covered
        // What `replay` throws passes through the log as a stop, and is thrown behind it.
        var failure: TextIndexError?
        do throws(VectorIndexError) {
            log = try IndexLog.open(directory: directory, header: header, covered: covered, disk: disk) {
                _, record throws(VectorIndexError) in
                if case .generation(let generation) = record {
                    number = generation
                    return
                }
                do throws(TextIndexError) {
                    try replay(record)
                } catch {
                    failure = error
                    throw .damaged(file: logPath, reason: "a record cannot be applied")
                }
            }
        } catch {
            throw failure ?? TextIndexError(error)
        }
        generation = number
    }

    private static func views(
        of manifest: Manifest, in directory: URL
    ) throws(TextIndexError) -> [SegmentView] {
        var views: [SegmentView] = []
        for entry in manifest.entries {
            let segment = try Segment.open(entry.number, in: directory)
            guard segment.documentCount == entry.documentCount,
                segment.header.fieldCount == manifest.fields.count
            else { throw segment.damaged("it is not the segment that the manifest names") }
            let deleted = entry.deleted.isEmpty ? nil : DeletedDocuments(words: entry.deleted)
            views.append(SegmentView(segment, deleted: deleted))
        }
        return views
    }

    /// Deletes what a killed process left half written, and segments that no manifest names.
    private static func removeLeftovers(
        in directory: URL, keeping manifest: Manifest, disk: Disk
    ) throws(TextIndexError) {
        let kept = Set(manifest.entries.map { Segment.fileName($0.number) })
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
        for name in names where isOurs(name) && !kept.contains(name) {
            let path = directory.appendingPathComponent(name).path
            try onDisk { () throws(VectorIndexError) in try disk.remove(path) }
        }
    }

    /// Whether a file is one that may be left over.
    static func isOurs(_ name: String) -> Bool {
        name.hasPrefix("segment-") || name == Disk.temporaryName(of: Manifest.name)
            || name == Disk.temporaryName(of: IndexLog.name)
    }

    /// Writes a segment to a file of its own and opens it.
    ///
    /// - Parameter image: makes the segment of a number.
    mutating func write(
        _ image: (UInt64) throws(TextIndexError) -> SegmentImage
    ) throws(TextIndexError) -> Segment {
        let number = manifest.nextNumber
        // Counted even if it fails: a name is never used twice.
        manifest.nextNumber += 1
        let image = try image(number)
        let (directory, disk) = (directory, disk)
        try onDisk { () throws(VectorIndexError) in
            try disk.replace(Segment.fileName(number), in: directory) { file throws(VectorIndexError) in
                try image.write(to: file, disk: disk)
            }
        }
        return try Segment.open(number, in: directory)
    }

    /// The manifest and the segments that it names, open for reading.
    func open() throws(TextIndexError) -> [IndexFile] {
        let directory = directory
        let names = [Manifest.name] + manifest.entries.map { Segment.fileName($0.number) }
        return try onDisk { () throws(VectorIndexError) in
            var files: [IndexFile] = []
            for name in names {
                let path = directory.appendingPathComponent(name).path
                let file = try FileDescriptor(path, flags: O_RDONLY, operation: "open")
                files.append(try IndexFile(file, name: name))
            }
            return files
        }
    }

    /// Takes the segments that the manifest in another directory names, under numbers of this index, and makes them all
    /// there is.
    ///
    /// - Returns: the segments.
    mutating func adopt(_ source: URL) throws(TextIndexError) -> [SegmentView] {
        let path = source.appendingPathComponent(Manifest.name).path
        let stored = try onDisk { () throws(VectorIndexError) in try Manifest.read(in: source) }
        guard let stored else { throw .damaged(file: path, reason: "there is no manifest") }
        guard stored.fields == manifest.fields else {
            throw .settingMismatch(
                file: path, name: "fields", stored: stored.fields.joined(separator: ", "),
                requested: manifest.fields.joined(separator: ", "))
        }
        // All are looked at before the first one is taken.
        _ = try Self.views(of: stored, in: source)
        var views: [SegmentView] = []
        for entry in stored.entries {
            let number = manifest.nextNumber
            manifest.nextNumber += 1
            try take(Segment.fileName(entry.number), of: source, as: number)
            let segment = try Segment.open(number, in: directory)
            let deleted = entry.deleted.isEmpty ? nil : DeletedDocuments(words: entry.deleted)
            views.append(SegmentView(segment, deleted: deleted))
        }
        let before = generation
        generation = stored.generation
        do throws(TextIndexError) {
            try replaceManifest(views)
        } catch {
            generation = before
            throw error
        }
        return views
    }

    /// Moves a segment here. Its number is in its header alone.
    private func take(_ name: String, of source: URL, as number: UInt64) throws(TextIndexError) {
        let (directory, disk) = (directory, disk)
        try onDisk { () throws(VectorIndexError) in
            let path = source.appendingPathComponent(name).path
            let file = try FileDescriptor(path, flags: O_RDWR, operation: "open")
            var (header, checksum) = try SegmentHeader.decode(
                try file.prefix(SegmentHeader.byteCount), file: path)
            header.number = number
            try disk.write(header.encoded(tableChecksum: checksum), to: file, at: 0)
            try disk.flush(file)
            try disk.rename(path, to: directory.appendingPathComponent(Segment.fileName(number)).path)
            try disk.flushDirectory(directory)
        }
    }

    /// Makes `views`, all of them on disk, the index. What no manifest names any more is deleted. An empty
    /// log should follow (``renewLog()``); until then the old one goes on, and the manifest says up to where
    /// it is covered.
    mutating func replaceManifest(_ views: [SegmentView]) throws(TextIndexError) {
        var next = manifest
        (next.sequence, next.generation) = (manifest.sequence + 1, generation)
        next.covered = log.position
        next.entries = views.map { view in
            Manifest.Entry(
                number: view.segment.header.number, documentCount: view.segment.documentCount,
                deleted: view.deleted?.words ?? [])
        }
        let (bytes, directory, disk) = (next.encoded(), directory, disk)
        try onDisk { () throws(VectorIndexError) in
            try disk.replace(Manifest.name, in: directory) { file throws(VectorIndexError) in
                try disk.write(bytes, to: file, at: 0)
            }
        }
        let old = manifest
        manifest = next
        let kept = Set(next.entries.map(\.number))
        for entry in old.entries where !kept.contains(entry.number) {
            // What stays behind is deleted at the next opening.
            try? disk.remove(directory.appendingPathComponent(Segment.fileName(entry.number)).path)
        }
    }

    /// Puts an empty log in the place of the one that the manifest covers.
    mutating func renewLog() throws(TextIndexError) {
        let (old, sequence) = (log, manifest.sequence)
        log = try onDisk { () throws(VectorIndexError) in try old.succeed(sequence: sequence) }
    }

    /// Reads manifest and log anew.
    func verify() throws(TextIndexError) {
        let (directory, log) = (directory, log)
        let stored = try onDisk { () throws(VectorIndexError) in
            try log.verify()
            return try Manifest.read(in: directory)
        }
        guard manifest.sequence == 0 || stored?.sequence == manifest.sequence else {
            let path = directory.appendingPathComponent(Manifest.name).path
            throw .damaged(file: path, reason: "it is not the manifest that was written last")
        }
    }
}
