import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file mapped into memory, read-only.
///
/// A file that is cut short while it is mapped makes later reads fail hard (SIGBUS), as with every mapping:
/// replace model files by renaming, never in place.
final class MappedFile: @unchecked Sendable {
    // Sendable proof: both properties are constant, the pages are mapped read-only and privately, and they
    // are unmapped in `deinit`, when nobody holds a reference any more.
    private let base: UnsafeRawPointer?
    /// Bytes in the file.
    let count: Int

    init(_ url: URL) throws(ModelsError) {
        let path = url.path
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw errno == ENOENT ? .missing(file: path) : .unreadable(file: path, reason: Self.reason())
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .unreadable(file: path, reason: Self.reason()) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .unreadable(file: path, reason: "it is not a regular file")
        }
        count = Int(status.st_size)
        if count == 0 {
            base = nil
            return
        }
        guard let mapped = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), mapped != MAP_FAILED
        else {
            throw .unreadable(file: path, reason: Self.reason())
        }
        base = UnsafeRawPointer(mapped)
    }

    deinit {
        if let base { munmap(UnsafeMutableRawPointer(mutating: base), count) }
    }

    private static func reason() -> String { String(cString: strerror(errno)) }

    /// Lends the file's bytes to `body`; the span cannot outlive the call.
    func withBytes<R>(_ body: (RawSpan) -> R) -> R {
        body(UnsafeRawBufferPointer(start: base, count: count).bytes)
    }
}
