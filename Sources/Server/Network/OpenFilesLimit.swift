import Foundation

/// How many files and sockets this process may have open.
enum OpenFilesLimit {
    /// What the rest of Millrace has open: databases, indexes, connections to services.
    static let others = 512

    /// Connections that can be served of `wanted`, after the process's own limit was raised as far as it may be.
    static func connections(wanted: Int) -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return wanted }
        let needed = rlim_t(wanted) + rlim_t(2 * others)
        if limit.rlim_cur < needed, limit.rlim_cur < limit.rlim_max {
            var raised = limit
            raised.rlim_cur = min(needed, limit.rlim_max)
            if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 { limit = raised }
        }
        guard limit.rlim_cur < needed else { return wanted }
        let files = Int(limit.rlim_cur)
        return min(wanted, max(1, files - min(others, files / 2)))
    }
}
