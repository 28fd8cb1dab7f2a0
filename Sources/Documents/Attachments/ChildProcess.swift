import Foundation

/// Runs a program on bytes, with limits that the kernel holds it to.
///
/// Input and output are files without a name, so that no pipe can fill up and no file stays behind. The child
/// gets a plain environment, none of our descriptors, and a process group of its own.
struct ChildProcess {
    struct Limits {
        /// Wall clock and processor seconds alike.
        var seconds: Int
        /// Of address space.
        var memoryBytes: Int
        /// Of each file it writes.
        var outputBytes: Int
    }

    enum Outcome {
        case exited(code: Int32, output: [UInt8], errors: String)
        case killed(signal: Int32)
        case timedOut
    }

    /// - Parameter arguments: the program's path first. They are never looked at by a shell.
    /// - Throws: `ArchiveError.unreadable` when there is no room for temporary files; `POSIXError` when the
    ///   program cannot be started; `CancellationError`, after the program was ended.
    static func run(_ arguments: [String], input: [UInt8], limits: Limits) async throws -> Outcome {
        let files = try (input: SpillFile(), output: SpillFile(), errors: SpillFile())
        _ = try files.input.append(input)
        let process = try spawn(
            limited(arguments, limits),
            descriptors: [
                files.input.fileDescriptor, files.output.fileDescriptor, files.errors.fileDescriptor,
            ])
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(limits.seconds)
        var pause = Duration.milliseconds(2)
        do {
            while true {
                var status: Int32 = 0
                let ended = waitpid(process, &status, WNOHANG)
                if ended == process { return try outcome(status, files.output, files.errors, limits) }
                if ended < 0, errno != EINTR { return .killed(signal: 0) }
                if clock.now > deadline {
                    end(process)
                    return .timedOut
                }
                try await Task.sleep(for: pause)
                pause = min(pause * 2, .milliseconds(50))
            }
        } catch {
            end(process)
            throw error
        }
    }

    /// The program behind a shell that only sets the limits and becomes it. `$0` onwards are arguments, so
    /// nothing in them is a command.
    private static func limited(_ arguments: [String], _ limits: Limits) -> [String] {
        let script = """
            ulimit -v \(limits.memoryBytes >> 10); ulimit -t \(limits.seconds); \
            ulimit -f \(max(1, limits.outputBytes >> 9)); ulimit -c 0; exec "$0" "$@"
            """
        return ["/bin/sh", "-c", script] + arguments
    }

    private static func outcome(
        _ status: Int32, _ output: SpillFile, _ errors: SpillFile, _ limits: Limits
    ) throws -> Outcome {
        // WIFSIGNALED and its kin are macros that Swift does not see.
        let signal = status & 0x7F
        if signal == SIGXCPU { return .timedOut }
        guard signal == 0 else { return .killed(signal: signal) }
        let words = String(decoding: try errors.prefix(4_096), as: UTF8.self)
        return .exited(
            code: (status >> 8) & 0xFF, output: try output.prefix(limits.outputBytes), errors: words)
    }

    private static func end(_ process: pid_t) {
        kill(-process, SIGKILL)
        kill(process, SIGKILL)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
    }

    /// - Parameter descriptors: become the child's standard input, output and error.
    private static func spawn(_ arguments: [String], descriptors: [Int32]) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (target, source) in descriptors.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, source, Int32(target))
        }
        for descriptor in openDescriptors() { posix_spawn_file_actions_addclose(&actions, descriptor) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var noSignals = sigset_t()
        sigemptyset(&noSignals)
        posix_spawnattr_setsigmask(&attributes, &noSignals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK))
        // `strdup` gives each word memory that lives until the call is over; the arrays end with a null.
        let words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        let settings: [String] = ["LC_ALL=C.UTF-8", "PATH=/usr/bin:/bin"]
        let environment: [UnsafeMutablePointer<CChar>?] = settings.map { strdup($0) } + [nil]
        defer { (words + environment).forEach { free($0) } }
        var process: pid_t = 0
        let code = posix_spawn(&process, arguments[0], &actions, &attributes, words, environment)
        guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EIO) }
        return process
    }

    /// Ours beyond the standard three. One that is closed meanwhile does no harm: closing it again in the
    /// child is no error.
    private static func openDescriptors() -> [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return names.compactMap { Int32($0) }.filter { $0 > 2 }
    }
}
