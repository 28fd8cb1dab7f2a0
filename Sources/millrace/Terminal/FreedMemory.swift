import ServiceLifecycle

#if canImport(Glibc)
    import Glibc
#endif

/// Gives memory that was freed back to the system, which glibc does late or never.
///
/// Nothing happens where the C library is another one.
enum FreedMemory {
    /// In bytes. Smaller pieces are used again fast; mapping a piece costs a few microseconds and its zeroing.
    private static let mappedFrom: Int32 = 1 << 20
    /// `M_MMAP_THRESHOLD` of glibc's `malloc.h`, which Swift does not import.
    private static let mappingThreshold: Int32 = -3

    /// Lets each large piece go back as soon as it is freed. For the beginning of a process.
    ///
    /// Left to itself, glibc raises the size from which a piece is a mapping of its own to that of the largest one that
    /// was ever freed, up to 32 MiB. Pieces below it come out of a heap that only shrinks from its end, where a small one
    /// that stays keeps the room of many that went: of 110,000 passages, six hundred changed one after the other, a
    /// process held 90 MB that way and 79 MB with the size held where it is. What the environment says counts more.
    static func mapLargePieces() {
        #if canImport(Glibc)
            typealias Setting = @convention(c) (_ parameter: Int32, _ value: Int32) -> Int32
            guard getenv("MALLOC_MMAP_THRESHOLD_") == nil, getenv("GLIBC_TUNABLES") == nil,
                let symbol = dlsym(nil, "mallopt")
            else { return }
            // Proof of the type: glibc's `int mallopt(int param, int value)`, the same in every version.
            _ = unsafeBitCast(symbol, to: Setting.self)(mappingThreshold, mappedFrom)
        #endif
    }

    /// Gives every page back that holds nothing but freed pieces. Takes some milliseconds for each 100 MB.
    static func trim() {
        #if canImport(Glibc)
            typealias Trimming = @convention(c) (_ kept: Int) -> Int32
            guard let symbol = dlsym(nil, "malloc_trim") else { return }
            // Proof of the type: glibc's `int malloc_trim(size_t pad)`, the same in every version.
            _ = unsafeBitCast(symbol, to: Trimming.self)(0)
        #endif
    }
}

/// Gives freed memory back once a minute: caches that a changed document empties leave tens of megabytes to the heaps of
/// the threads that filled them, where other threads cannot use them.
struct FreedMemoryService: Service {
    private static let pause = Duration.seconds(60)

    func run() async {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: Self.pause)) != nil { FreedMemory.trim() }
        }
    }
}
