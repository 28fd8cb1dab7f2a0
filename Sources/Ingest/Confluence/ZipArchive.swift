import CArchive
import Foundation

/// What an archive may hold before it is refused as a zip bomb.
public struct ZipLimits: Sendable {
    /// Files and folders together.
    public var entryCount: Int
    /// Sum over all entries, in bytes.
    public var uncompressedBytes: Int
    /// Uncompressed bytes for each byte of the file, looked at from ``ratioGraceBytes`` on.
    public var compressionRatio: Int
    /// So much may come out of any archive, however well it is compressed.
    public var ratioGraceBytes: Int

    public init(
        entryCount: Int = 2_000_000, uncompressedBytes: Int = 64 << 30, compressionRatio: Int = 200,
        ratioGraceBytes: Int = 64 << 20
    ) {
        self.entryCount = entryCount
        self.uncompressedBytes = uncompressedBytes
        self.compressionRatio = compressionRatio
        self.ratioGraceBytes = ratioGraceBytes
    }
}

/// A zip file, read entry by entry and never unpacked to disk.
///
/// libarchive checks each entry's length and checksum as it is read. Only its reader of the central
/// directory is used: that directory stands at the end, so a file cut short has none and is refused whole
/// instead of passing for a shorter archive.
struct ZipArchive: Sendable {
    struct Entry: Sendable {
        var name: String
        var isFile: Bool
    }

    let path: String
    let limits: ZipLimits
    /// All entries, in the directory's order.
    let entries: [Entry]
    private let fileBytes: Int

    /// Reads the directory and checks every name, count and declared size against `limits`.
    init(path: String, limits: ZipLimits = ZipLimits()) throws {
        self.path = path
        self.limits = limits
        do {
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            fileBytes = (attributes[.size] as? NSNumber)?.intValue ?? 0
        } catch {
            throw SpaceExportError.unreadable(path: path, reason: error.localizedDescription)
        }
        let budget = Budget(path: path, limits: limits, fileBytes: fileBytes)
        entries = try Self.scan(path: path, budget: budget)
    }

    /// Reads the wanted entries, in the directory's order.
    ///
    /// An entry that `visit` does not read to its end is skipped over.
    func read(wanted: (String) -> Bool, visit: (_ name: String, ByteStream) throws -> Void) throws {
        let reader = try Reader(path: path)
        var budget = Budget(path: path, limits: limits, fileBytes: fileBytes)
        while let entry = try reader.nextEntry() {
            guard entry.isFile, wanted(entry.name) else { continue }
            let stream = ByteStream { buffer in
                let count = try reader.readData(into: buffer)
                try budget.take(bytes: count)
                return count
            }
            try visit(entry.name, stream)
        }
    }

    private static func scan(path: String, budget: Budget) throws -> [Entry] {
        let reader = try Reader(path: path)
        var budget = budget
        var entries: [Entry] = []
        while let entry = try reader.nextEntry() {
            guard isSafe(entry.name) else {
                throw SpaceExportError.unsafeEntryName(path: path, entry: printable(entry.name))
            }
            if entry.isEncrypted {
                throw SpaceExportError.encryptedZip(path: path, entry: printable(entry.name))
            }
            try budget.takeEntry()
            try budget.take(bytes: entry.declaredBytes)
            entries.append(Entry(name: entry.name, isFile: entry.isFile))
        }
        return entries
    }

    /// Whether `name` stays inside the archive on every system.
    static func isSafe(_ name: String) -> Bool {
        guard !name.isEmpty, !name.hasPrefix("/"), !name.contains("\\") else { return false }
        guard !name.unicodeScalars.contains(where: { $0.value < 0x20 }) else { return false }
        let isDrive = name.utf8.dropFirst().first == UInt8(ascii: ":")
        return !isDrive && !name.split(separator: "/").contains("..")
    }

    private static func printable(_ name: String) -> String {
        String(String.UnicodeScalarView(name.unicodeScalars.prefix(200).map { $0.value < 0x20 ? "?" : $0 }))
    }
}

/// How much of the limits an archive has used.
private struct Budget {
    let path: String
    let limits: ZipLimits
    let fileBytes: Int
    private var entryCount = 0
    private var bytes = 0

    init(path: String, limits: ZipLimits, fileBytes: Int) {
        self.path = path
        self.limits = limits
        self.fileBytes = fileBytes
    }

    mutating func takeEntry() throws {
        entryCount += 1
        try check(.entryCount, entryCount, limits.entryCount)
    }

    mutating func take(bytes count: Int) throws {
        let (sum, overflow) = bytes.addingReportingOverflow(max(0, count))
        bytes = overflow ? .max : sum
        try check(.uncompressedBytes, bytes, limits.uncompressedBytes)
        if bytes > limits.ratioGraceBytes {
            try check(.compressionRatio, bytes / max(1, fileBytes), limits.compressionRatio)
        }
    }

    private func check(_ what: SpaceExportError.Limit, _ found: Int, _ limit: Int) throws {
        guard found <= limit else {
            throw SpaceExportError.limitExceeded(path: path, what: what, found: found, limit: limit)
        }
    }
}

/// One pass over an archive; owns libarchive's handle.
private final class Reader {
    struct Header {
        var name: String
        var isFile: Bool
        var isEncrypted: Bool
        var declaredBytes: Int
    }

    private let path: String
    private let archive: OpaquePointer
    private var entryName = ""
    private var isFirst = true

    init(path: String) throws {
        guard let archive = archive_read_new() else {
            throw SpaceExportError.unreadable(path: path, reason: "libarchive has no memory")
        }
        self.path = path
        self.archive = archive
        archive_read_support_format_zip_seekable(archive)
        if archive_read_open_filename(archive, path, 65_536) != ARCHIVE_OK {
            throw failure()
        }
    }

    deinit {
        archive_read_free(archive)
    }

    func nextEntry() throws -> Header? {
        var entry: OpaquePointer?
        let code = archive_read_next_header(archive, &entry)
        if code == ARCHIVE_EOF {
            // An empty file passes for an archive without entries.
            if isFirst, Self.firstBytes(path)?.first != 0x50 { throw failure() }
            return nil
        }
        // A warning here is about a name that the process's locale cannot show; the name is read as UTF-8.
        guard code == ARCHIVE_OK || code == ARCHIVE_WARN, let entry else { throw failure() }
        isFirst = false
        let name = archive_entry_pathname_utf8(entry) ?? archive_entry_pathname(entry)
        entryName = name.map { String(cString: $0) } ?? "?"
        // AE_IFREG, a macro that Swift does not see.
        let isFile = archive_entry_filetype(entry) == 0o100000 && !entryName.hasSuffix("/")
        return Header(
            name: entryName, isFile: isFile, isEncrypted: archive_entry_is_encrypted(entry) != 0,
            declaredBytes: Int(archive_entry_size(entry)))
    }

    func readData(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = archive_read_data(archive, buffer.baseAddress, buffer.count)
        // Warnings come as negative counts, too: a length or checksum that does not agree is damage here.
        guard count >= 0 else { throw failure() }
        return count
    }

    private func failure() -> SpaceExportError {
        let message = archive_error_string(archive).map { String(cString: $0) } ?? "unknown fault"
        guard isFirst else {
            return .damagedZip(path: path, reason: "entry \(entryName): \(message)")
        }
        switch Self.firstBytes(path) {
        case .none: return .unreadable(path: path, reason: message)
        case .some([0x50, 0x4B, 0x03, 0x04]), .some([0x50, 0x4B, 0x05, 0x06]):
            return .damagedZip(
                path: path, reason: "its directory, which stands at the end, is absent or broken")
        default: return .notAZip(path: path)
        }
    }

    private static func firstBytes(_ path: String) -> [UInt8]? {
        guard let handle = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? handle.close() }
        return [UInt8]((try? handle.read(upToCount: 4)) ?? Data())
    }
}
