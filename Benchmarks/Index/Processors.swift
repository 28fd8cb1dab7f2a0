import Glibc

/// The processors this process may run on, as it was started.
///
/// One-thread figures are taken on one processor, so that the scheduler does not move the thread away from
/// its caches; everything else on all of them. Threads inherit what their maker had.
struct Processors {
    private let allowed: cpu_set_t

    /// - Throws: if the system does not say.
    init() throws { allowed = try GNULibrary.affinity() }

    /// Keeps the calling thread on the last allowed processor; the first one serves most interrupts.
    func pinToOne() throws {
        var one = cpu_set_t()
        withUnsafeBytes(of: allowed) { source in
            withUnsafeMutableBytes(of: &one) { target in
                guard let byte = source.indices.last(where: { source[$0] != 0 }) else { return }
                target[byte] = 0x80 >> UInt8(source[byte].leadingZeroBitCount)
            }
        }
        try GNULibrary.setAffinity(one)
    }

    /// Lets the calling thread run everywhere again.
    func release() throws { try GNULibrary.setAffinity(allowed) }
}
