import Glibc
import Synchronization

/// Random numbers of the operating system's generator, drawn many at a time.
///
/// `SystemRandomNumberGenerator` asks the kernel for each eight bytes, and `UUID()` opens a device each time: at
/// thousands of requests a second, each with several names of its own, that is a tenth of what they cost. Here one call
/// serves many. Each number is given out once. A child process that went on with this one's memory would give out the same
/// ones; here every child begins with a program of its own.
public final class RandomReserve: Sendable {
    /// For everything in the process.
    public static let shared = RandomReserve()

    /// Numbers that are drawn at once: 256 bytes, the most that `getentropy` gives in a call.
    private static let drawn = 32

    private let reserve = Mutex<[UInt64]>([])

    init() {}

    /// 64 random bits.
    public func next() -> UInt64 { reserve.withLock { Self.take(&$0) } }

    /// 128 random bits.
    public func pair() -> (UInt64, UInt64) {
        reserve.withLock { (Self.take(&$0), Self.take(&$0)) }
    }

    private static func take(_ reserve: inout [UInt64]) -> UInt64 {
        if reserve.isEmpty { fill(&reserve) }
        guard let number = reserve.popLast() else {
            // The kernel has no such call. Swift's own way knows what to do then.
            var generator = SystemRandomNumberGenerator()
            return generator.next()
        }
        return number
    }

    private static func fill(_ reserve: inout [UInt64]) {
        reserve = [UInt64](unsafeUninitializedCapacity: drawn) { numbers, count in
            let bytes = drawn * MemoryLayout<UInt64>.size
            count = numbers.baseAddress.map { getentropy($0, bytes) == 0 ? drawn : 0 } ?? 0
        }
    }
}
