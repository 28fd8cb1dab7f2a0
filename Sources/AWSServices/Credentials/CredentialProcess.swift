import Foundation
import JSONValue
import Synchronization
import Transport

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Keys that a program of the user's prints: `credential_process`.
///
/// It is started without a shell. What it writes to its standard error is dropped: it may show a secret.
struct CredentialProcess {
    let source: any CredentialSource
    let command: String
    /// After this long it is ended.
    var limit: Duration = .seconds(60)

    private enum Outcome: Sendable {
        case printed(Data)
        case failed(String)
    }

    func credentials() async throws(AWSError) -> AWSCredentials {
        guard let words = ShellWords.split(command), let program = words.first else {
            throw source.failure("credential_process is empty or has a quote that is not closed")
        }
        let limit = limit
        let outcome: Outcome
        do {
            outcome = try await AWSFile.run { Self.run(program, Array(words.dropFirst()), limit) }
        } catch {
            throw .transport(.cancelled)
        }
        switch outcome {
        case .failed(let reason): throw source.failure("credential_process \(reason)")
        case .printed(let data):
            guard let json = try? JSONValue(parsing: data) else {
                throw source.failure("credential_process printed no JSON")
            }
            guard json["Version"]?.integer == 1 else {
                throw source.failure("credential_process printed another Version than 1")
            }
            return try source.credentials(json, token: "SessionToken")
        }
    }

    /// Blocks until the program has ended.
    private static func run(_ program: String, _ arguments: [String], _ limit: Duration) -> Outcome {
        let process = Process()
        // As a shell finds it: by the PATH, or where it has a slash by itself.
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["--", program] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        do {
            try process.run()
        } catch {
            return .failed("could not be started")
        }
        let isOverdue = Mutex(false)
        let timer = DispatchWorkItem { [process] in
            isOverdue.withLock { $0 = true }
            // Its group first: a child of its own would hold the pipe open. SIGTERM may be blocked.
            let id = process.processIdentifier
            if id > 1, process.isRunning {
                kill(-id, SIGKILL)
                kill(id, SIGKILL)
            }
        }
        DispatchQueue.global().asyncAfter(
            deadline: .now() + .nanoseconds(Int(limit / .nanoseconds(1))), execute: timer)
        let data = (try? output.fileHandleForReading.readToEnd()) ?? Data()
        process.waitUntilExit()
        timer.cancel()
        if isOverdue.withLock({ $0 }) { return .failed("did not end within \(limit)") }
        guard process.terminationStatus == 0 else {
            return .failed("ended with status \(process.terminationStatus)")
        }
        return .printed(data)
    }
}
