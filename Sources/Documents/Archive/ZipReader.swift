internal import CArchive
import Foundation

/// Where an archive's bytes are.
enum ZipInput: Sendable {
    case file(String)
    case memory([UInt8])
}

/// One pass over an archive; owns libarchive's handle.
final class ZipReader {
    struct Header {
        var name: String
        var isFile: Bool
        var isEncrypted: Bool
        var declaredBytes: Int
    }

    private let input: ZipInput
    private let path: String
    private let archive: OpaquePointer
    /// What libarchive's callbacks read from; kept alive by this object, which outlives every call.
    private let memory: ZipMemory?
    private var entryName = ""
    private var isFirst = true

    init(_ input: ZipInput) throws {
        self.input = input
        switch input {
        case .file(let path): (self.path, memory) = (path, nil)
        case .memory(let bytes): (path, memory) = ("(in memory)", ZipMemory(bytes))
        }
        guard let archive = archive_read_new() else {
            throw ArchiveError.unreadable(path: path, reason: "libarchive has no memory")
        }
        self.archive = archive
        archive_read_support_format_zip_seekable(archive)
        let code =
            memory.map { $0.open(archive) } ?? archive_read_open_filename(archive, path, 65_536)
        if code != ARCHIVE_OK { throw failure() }
    }

    deinit {
        archive_read_free(archive)
    }

    func nextEntry() throws -> Header? {
        var entry: OpaquePointer?
        let code = archive_read_next_header(archive, &entry)
        if code == ARCHIVE_EOF {
            // An empty file passes for an archive without entries.
            if isFirst, firstBytes()?.first != 0x50 { throw failure() }
            return nil
        }
        // A warning here is about a name that the process's locale cannot show; the name is read as UTF-8.
        guard code == ARCHIVE_OK || code == ARCHIVE_WARN, let entry else { throw failure() }
        isFirst = false
        let name = archive_entry_pathname_utf8(entry) ?? archive_entry_pathname(entry)
        // Some Windows programs write backslashes, against the format's own rule.
        entryName = name.map { String(cString: $0).replacing("\\", with: "/") } ?? "?"
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

    private func failure() -> ArchiveError {
        let message = archive_error_string(archive).map { String(cString: $0) } ?? "unknown fault"
        guard isFirst else {
            return .damagedZip(path: path, reason: "entry \(entryName): \(message)")
        }
        switch firstBytes() {
        case .none: return .unreadable(path: path, reason: message)
        case .some([0x50, 0x4B, 0x03, 0x04]), .some([0x50, 0x4B, 0x05, 0x06]):
            return .damagedZip(
                path: path, reason: "its directory, which stands at the end, is absent or broken")
        default: return .notAZip(path: path)
        }
    }

    private func firstBytes() -> [UInt8]? {
        if case .memory(let bytes) = input { return Array(bytes.prefix(4)) }
        guard let handle = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? handle.close() }
        return [UInt8]((try? handle.read(upToCount: 4)) ?? Data())
    }
}

/// Lends an array to libarchive piece by piece.
///
/// libarchive may look at what a read gave until it reads again. So bytes are copied into a buffer that this
/// object owns: a pointer into the array would not be safe to hand out beyond a closure. `position` stays in
/// 0...count, so a copy never leaves the array.
private final class ZipMemory {
    private let bytes: [UInt8]
    private var position = 0
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 16)

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    deinit {
        buffer.deallocate()
    }

    func open(_ archive: OpaquePointer) -> Int32 {
        archive_read_set_callback_data(archive, Unmanaged.passUnretained(self).toOpaque())
        archive_read_set_read_callback(archive) { _, context, place in
            guard let memory = ZipMemory.from(context), let place else { return 0 }
            let count = memory.fill()
            place.pointee = UnsafeRawPointer(memory.buffer.baseAddress)
            return count
        }
        archive_read_set_seek_callback(archive) { _, context, offset, origin in
            ZipMemory.from(context)?.seek(Int(offset), origin) ?? -1
        }
        archive_read_set_skip_callback(archive) { _, context, count in
            ZipMemory.from(context)?.skip(Int(count)) ?? 0
        }
        return archive_read_open1(archive)
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> ZipMemory? {
        context.map { Unmanaged<ZipMemory>.fromOpaque($0).takeUnretainedValue() }
    }

    private func fill() -> Int {
        let count = min(buffer.count, bytes.count - position)
        bytes.withUnsafeBytes {
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[position..<position + count]))
        }
        position += count
        return count
    }

    private func seek(_ offset: Int, _ origin: Int32) -> Int64 {
        let base = origin == SEEK_SET ? 0 : origin == SEEK_CUR ? position : bytes.count
        let (place, isOverflow) = base.addingReportingOverflow(offset)
        guard !isOverflow, (0...bytes.count).contains(place) else { return Int64(ARCHIVE_FATAL) }
        position = place
        return Int64(place)
    }

    private func skip(_ count: Int) -> Int64 {
        let step = max(0, min(count, bytes.count - position))
        position += step
        return Int64(step)
    }
}
