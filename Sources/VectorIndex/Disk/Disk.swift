import Foundation

/// What the disk layer is about to change.
package enum DiskOperation: Equatable, Sendable {
    case makeDirectory(path: String)
    case create(path: String)
    case write(path: String, offset: Int, byteCount: Int)
    case flush(path: String)
    case replace(path: String)
    case truncate(path: String, byteCount: Int)
    case remove(path: String)

    /// What is changed.
    package var path: String {
        switch self {
        case .makeDirectory(let path), .create(let path), .write(let path, _, _), .flush(let path),
            .replace(let path), .truncate(let path, _), .remove(let path):
            path
        }
    }

    /// As errors say it, after "cannot".
    fileprivate var verb: String {
        switch self {
        case .makeDirectory: "make the directory"
        case .create: "create"
        case .write: "write"
        case .flush: "flush"
        case .replace: "replace"
        case .truncate: "shorten"
        case .remove: "delete"
        }
    }
}

/// What becomes of an operation.
package enum DiskVerdict: Equatable, Sendable {
    case proceed
    /// It does nothing and fails with this `errno`.
    case fail(Int32)
    /// A write stores its first `byteCount` bytes and then fails; any other operation does nothing and fails.
    case failAfter(byteCount: Int, Int32)
}

/// The one way to a file system that is to be changed.
///
/// Everything that writes, flushes, renames, cuts or deletes passes through here in the order in which it
/// happens, so that a test can count the operations, fail any of them, or let none happen after one: a process
/// that is killed there. Reads do not pass: they change nothing.
package struct Disk: Sendable {
    /// The file system as it is.
    package static let system = Disk()

    /// Asked before each operation; `nil` lets all of them happen.
    package var willPerform: (@Sendable (DiskOperation) -> DiskVerdict)?

    /// Makes a directory, and those above it that are not there, so that they last.
    package func makeDirectory(_ directory: URL) throws(VectorIndexError) {
        var status = stat()
        if stat(directory.path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { return }
        let parent = directory.deletingLastPathComponent()
        if parent.path != directory.path { try makeDirectory(parent) }
        let operation = DiskOperation.makeDirectory(path: directory.path)
        try pass(operation)
        // Another process may be faster.
        guard mkdir(directory.path, 0o755) == 0 || errno == EEXIST else { throw failure(of: operation) }
        try flushDirectory(parent)
    }

    /// Opens a new, empty file for reading and writing, in place of any other of that path.
    package func create(_ path: String) throws(VectorIndexError) -> FileDescriptor {
        try pass(.create(path: path))
        return try FileDescriptor(path, flags: O_RDWR | O_CREAT | O_TRUNC, operation: "create")
    }

    /// Writes all of `bytes` at `offset`. After an error any part of them may be written.
    package func write(
        _ bytes: UnsafeRawBufferPointer, to file: FileDescriptor, at offset: Int
    ) throws(VectorIndexError) {
        let operation = DiskOperation.write(path: file.path, offset: offset, byteCount: bytes.count)
        switch willPerform?(operation) ?? .proceed {
        case .proceed: try file.write(bytes, at: offset)
        case .fail(let code): throw failure(of: operation, code: code)
        case .failAfter(let byteCount, let code):
            try file.write(UnsafeRawBufferPointer(rebasing: bytes.prefix(byteCount)), at: offset)
            throw failure(of: operation, code: code)
        }
    }

    /// Waits until the device has the file's contents and length.
    package func flush(_ file: FileDescriptor) throws(VectorIndexError) {
        try pass(.flush(path: file.path))
        try file.synchronizeContents()
    }

    /// Waits until the device has the names in a directory.
    package func flushDirectory(_ directory: URL) throws(VectorIndexError) {
        try pass(.flush(path: directory.path))
        try FileDescriptor(directory.path, flags: O_RDONLY | O_DIRECTORY, operation: "open").synchronize()
    }

    /// Gives the file at `source` the path `target`; what was there is gone in the same step.
    package func rename(_ source: String, to target: String) throws(VectorIndexError) {
        let operation = DiskOperation.replace(path: target)
        try pass(operation)
        guard Glibc.rename(source, target) == 0 else { throw failure(of: operation) }
    }

    /// Cuts a file to its first `byteCount` bytes.
    package func truncate(_ file: FileDescriptor, to byteCount: Int) throws(VectorIndexError) {
        try pass(.truncate(path: file.path, byteCount: byteCount))
        try file.truncate(to: byteCount)
    }

    /// Deletes a file, if it is there.
    package func remove(_ path: String) throws(VectorIndexError) {
        let operation = DiskOperation.remove(path: path)
        try pass(operation)
        guard unlink(path) == 0 || errno == ENOENT else { throw failure(of: operation) }
    }

    private func pass(_ operation: DiskOperation) throws(VectorIndexError) {
        switch willPerform?(operation) ?? .proceed {
        case .proceed: break
        case .fail(let code), .failAfter(_, let code): throw failure(of: operation, code: code)
        }
    }

    private func failure(of operation: DiskOperation, code: Int32 = errno) -> VectorIndexError {
        FileDescriptor.failure(operation.verb, operation.path, code: code)
    }
}

extension Disk {
    /// What a file is written to before it takes the name `name`.
    package static func temporaryName(of name: String) -> String { name + ".new" }

    /// Writes a file and puts it in the place of the one called `name`, in one step that lasts: temporary
    /// file, flush, rename, flush of the directory.
    ///
    /// - Parameter didReplace: called as soon as the new file has the name. An error thrown after that means
    ///   that the new file is there, but that the old one may be back after a power cut; an error thrown
    ///   before means that nothing has changed.
    package func replace(
        _ name: String, in directory: URL, didReplace: () -> Void = {},
        writing body: (FileDescriptor) throws(VectorIndexError) -> Void
    ) throws(VectorIndexError) {
        try makeDirectory(directory)
        let temporary = directory.appendingPathComponent(Self.temporaryName(of: name)).path
        do throws(VectorIndexError) {
            let file = try create(temporary)
            try body(file)
            try flush(file)
            try rename(temporary, to: directory.appendingPathComponent(name).path)
        } catch {
            // The first error is the one to tell; what stays behind is overwritten next time.
            try? remove(temporary)
            throw error
        }
        didReplace()
        try flushDirectory(directory)
    }
}
