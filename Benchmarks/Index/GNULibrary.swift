import Glibc

/// Functions of the GNU C library that Swift's `Glibc` module leaves out, because it is built without
/// `_GNU_SOURCE`. They are looked up by name when called.
enum GNULibrary {
    private typealias AffinityCall = @convention(c) (pid_t, Int, UnsafeMutableRawPointer) -> CInt
    private typealias TrimCall = @convention(c) (Int) -> CInt

    /// Processors the calling thread may run on; see sched_getaffinity(2).
    static func affinity() throws -> cpu_set_t {
        var set = cpu_set_t()
        let call = unsafeBitCast(try symbol("sched_getaffinity"), to: AffinityCall.self)
        guard call(0, MemoryLayout<cpu_set_t>.size, &set) == 0 else {
            throw BenchmarkError("sched_getaffinity failed with errno \(errno).")
        }
        return set
    }

    /// Says which processors the calling thread may run on; see sched_setaffinity(2).
    static func setAffinity(_ set: cpu_set_t) throws {
        var set = set
        let call = unsafeBitCast(try symbol("sched_setaffinity"), to: AffinityCall.self)
        guard call(0, MemoryLayout<cpu_set_t>.size, &set) == 0 else {
            throw BenchmarkError("sched_setaffinity failed with errno \(errno).")
        }
    }

    /// Gives freed memory back to the system; see malloc_trim(3).
    static func trimHeap() throws {
        _ = unsafeBitCast(try symbol("malloc_trim"), to: TrimCall.self)(0)
    }

    private static func symbol(_ name: String) throws -> UnsafeMutableRawPointer {
        guard let symbol = dlsym(nil, name) else {
            throw BenchmarkError("this C library has no \(name); the benchmark needs glibc.")
        }
        return symbol
    }
}
