import Foundation

/// Reads a file, or standard input for `-`, as UTF-8.
enum InputText {
    /// Bytes that are read at most.
    static let limitBytes = 1 << 30

    static func read(_ path: String) throws -> String {
        let data: Data
        if path == "-" {
            data = try FileHandle.standardInput.read(upToCount: limitBytes + 1) ?? Data()
        } else {
            guard let handle = FileHandle(forReadingAtPath: path) else {
                throw CommandError(
                    "\(path) cannot be read. Check that the file exists and that you may read it.")
            }
            do {
                data = try handle.read(upToCount: limitBytes + 1) ?? Data()
            } catch {
                throw CommandError("\(path) cannot be read: it may be a folder.")
            }
        }
        guard data.count <= limitBytes else {
            throw CommandError("\(path) has more than \(limitBytes) bytes. Split it.")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw CommandError("\(path) is not UTF-8. Convert it first, with iconv for example.")
        }
        return text
    }
}
