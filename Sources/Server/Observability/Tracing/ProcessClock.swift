import Foundation
import Synchronization

/// Time of processors that this process has used, user's and system's.
enum ProcessClock {
    /// How old a reading may be: the kernel adds up the times of all threads, which is dear beside a short request.
    static let resolutionNanoseconds: UInt64 = 1_000_000

    private static let latest = Mutex<(time: UInt64, used: UInt64)>((0, 0))

    /// - Parameter time: nanoseconds since 1970, now.
    static func nanoseconds(at time: UInt64) -> UInt64 {
        latest.withLock { latest in
            // A clock that was set back makes a reading old, too.
            guard time < latest.time || time - latest.time >= resolutionNanoseconds else {
                return latest.used
            }
            latest = (time, nanoseconds)
            return latest.used
        }
    }

    private static var nanoseconds: UInt64 {
        var time = timespec()
        guard clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else { return 0 }
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
