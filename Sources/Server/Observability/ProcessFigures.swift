import Foundation

/// What this process takes of its machine. What the system does not tell is `nil`: outside Linux, all of it.
///
/// Source: proc(5).
struct ProcessFigures: Sendable, Hashable {
    var residentBytes: Int?
    /// Files, sockets and the like that are open.
    var openFiles: Int?
    /// How many may be.
    var openFileLimit: Int?
    /// Of user and system.
    var cpuSeconds: Double?

    /// Reads files that the kernel makes while they are read; it may wait for it.
    static func read() -> ProcessFigures {
        var figures = ProcessFigures()
        #if os(Linux)
            // size resident shared text lib data dt, in pages.
            if let pages = words(of: "/proc/self/statm").dropFirst().first.flatMap({ Int($0) }) {
                let (bytes, overflow) = pages.multipliedReportingOverflow(by: sysconf(Int32(_SC_PAGESIZE)))
                figures.residentBytes = overflow ? nil : bytes
            }
            // One of them is the folder itself, open while it is read.
            figures.openFiles = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd"))
                .map { max(0, $0.count - 1) }
            var limit = rlimit()
            if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
                figures.openFileLimit = Int(exactly: limit.rlim_cur)
            }
            var time = timespec()
            if clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 {
                figures.cpuSeconds = Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
            }
        #endif
        return figures
    }

    private static func words(of file: String) -> [Substring] {
        // The kernel says that its files are empty, so that only reading to the end tells what is in them.
        guard let handle = FileHandle(forReadingAtPath: file),
            let data = try? handle.read(upToCount: 4_096)
        else { return [] }
        return String(decoding: data, as: UTF8.self).split(whereSeparator: \.isWhitespace)
    }
}

extension ProcessFigures {
    /// Under the names that every client library gives them.
    ///
    /// Source: "Writing client libraries: process metrics", Prometheus documentation.
    var families: [MetricFamily] {
        [
            residentBytes.map {
                .single(.gauge, "process_resident_memory_bytes", $0, "Memory that is in RAM")
            },
            openFiles.map { .single(.gauge, "process_open_fds", $0, "Open files and sockets") },
            openFileLimit.map {
                .single(.gauge, "process_max_fds", $0, "Open files and sockets that there may be")
            },
            cpuSeconds.map {
                .single(.counter, "process_cpu_seconds_total", $0, "Time of processors, user's and system's")
            },
        ].compactMap(\.self)
    }
}
