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
package struct ZipArchive: Sendable {
    package struct Entry: Sendable {
        package var name: String
        package var isFile: Bool
    }

    /// The file's path, or a word for bytes in memory; for errors.
    package let path: String
    package let limits: ZipLimits
    /// All entries, in the directory's order.
    package let entries: [Entry]
    private let input: ZipInput
    private let fileBytes: Int

    /// Reads the directory and checks every name, count and declared size against `limits`.
    package init(path: String, limits: ZipLimits = ZipLimits()) throws {
        let fileBytes: Int
        do {
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            fileBytes = (attributes[.size] as? NSNumber)?.intValue ?? 0
        } catch {
            throw ArchiveError.unreadable(path: path, reason: error.localizedDescription)
        }
        try self.init(.file(path), path: path, fileBytes: fileBytes, limits: limits)
    }

    /// An archive that lies in memory, such as a Word document.
    package init(bytes: [UInt8], limits: ZipLimits) throws {
        try self.init(.memory(bytes), path: "(in memory)", fileBytes: bytes.count, limits: limits)
    }

    private init(_ input: ZipInput, path: String, fileBytes: Int, limits: ZipLimits) throws {
        self.input = input
        self.path = path
        self.limits = limits
        self.fileBytes = fileBytes
        entries = try Self.scan(
            ZipReader(input), budget: Budget(path: path, limits: limits, fileBytes: fileBytes))
    }

    /// Reads the wanted entries, in the directory's order.
    ///
    /// An entry that `visit` does not read to its end is skipped over.
    ///
    /// - Parameter damaged: is told of an entry whose bytes are broken, and the rest goes on; when absent, the
    ///   first broken entry ends the reading.
    package func read(
        wanted: (String) -> Bool, visit: (_ name: String, ByteStream) throws -> Void,
        damaged: ((_ name: String, _ reason: String) -> Void)? = nil
    ) throws {
        var reader = try ZipReader(input)
        var budget = Budget(path: path, limits: limits, fileBytes: fileBytes)
        var position = 0
        while let entry = try reader.nextEntry() {
            position += 1
            guard entry.isFile, wanted(entry.name) else { continue }
            let current = reader
            let stream = ByteStream { buffer in
                let count = try current.readData(into: buffer)
                try budget.take(bytes: count)
                return count
            }
            do {
                try visit(entry.name, stream)
            } catch ArchiveError.damagedZip(_, let reason) {
                guard let damaged else { throw ArchiveError.damagedZip(path: path, reason: reason) }
                damaged(entry.name, reason)
                // A reader that met damage may be past use; a new one goes on behind the entry.
                reader = try ZipReader(input)
                for _ in 0..<position { _ = try reader.nextEntry() }
            }
        }
    }

    private static func scan(_ reader: ZipReader, budget: Budget) throws -> [Entry] {
        let path = budget.path
        var budget = budget
        var entries: [Entry] = []
        while let entry = try reader.nextEntry() {
            guard isSafe(entry.name) else {
                throw ArchiveError.unsafeEntryName(path: path, entry: printable(entry.name))
            }
            if entry.isEncrypted {
                throw ArchiveError.encryptedZip(path: path, entry: printable(entry.name))
            }
            try budget.takeEntry()
            try budget.take(bytes: entry.declaredBytes)
            entries.append(Entry(name: entry.name, isFile: entry.isFile))
        }
        return entries
    }

    /// Whether `name`, its backslashes already turned into slashes, stays inside the archive on every system.
    static func isSafe(_ name: String) -> Bool {
        guard !name.isEmpty, !name.hasPrefix("/") else { return false }
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

    private func check(_ what: ArchiveQuantity, _ found: Int, _ limit: Int) throws {
        guard found <= limit else {
            throw ArchiveError.limitExceeded(path: path, what: what, found: found, limit: limit)
        }
    }
}
