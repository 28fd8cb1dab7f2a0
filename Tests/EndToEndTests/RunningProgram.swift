import Foundation
import TestSupport

/// The built program, running beside the test; it ends with this value at the latest.
final class RunningProgram {
    struct Failure: Error {
        var waitedFor: String
        var output: String
    }

    private let process = Process()
    private let folder: TemporaryDirectory

    init(_ arguments: [String], data: URL, environment: [String: String] = [:]) throws {
        folder = try TemporaryDirectory()
        let files = ["output", "errors"].map { folder.url.appendingPathComponent($0) }
        for file in files { try Data().write(to: file) }
        process.executableURL = try CommandLineRun.executable()
        process.arguments = arguments + ["--data", data.path]
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: files[0])
        process.standardError = try FileHandle(forWritingTo: files[1])
        try process.run()
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    /// What it has printed so far.
    var output: String { text("output") }
    /// What it has said on standard error so far.
    var errors: String { text("errors") }

    private func text(_ name: String) -> String {
        (try? String(contentsOf: folder.url.appendingPathComponent(name), encoding: .utf8)) ?? ""
    }

    func send(_ signal: Int32) {
        kill(process.processIdentifier, signal)
    }

    /// Waits until `condition` holds.
    ///
    /// - Throws: ``Failure`` when the time is up, or the program has ended before.
    func wait(
        for what: String, seconds: Double = 60, until condition: (RunningProgram) throws -> Bool
    ) async throws {
        let clock = ContinuousClock()
        let end = clock.now + .seconds(seconds)
        while try !condition(self) {
            guard clock.now < end, process.isRunning else {
                throw Failure(waitedFor: what, output: output + errors)
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Waits for its end.
    ///
    /// - Returns: the exit status; of a signal that ended it, the signal's number with a minus.
    func end(withinSeconds seconds: Double) async throws -> Int32 {
        let clock = ContinuousClock()
        let end = clock.now + .seconds(seconds)
        while process.isRunning {
            guard clock.now < end else { throw Failure(waitedFor: "its end", output: output + errors) }
            try await Task.sleep(for: .milliseconds(20))
        }
        let status = process.terminationStatus
        return process.terminationReason == .exit ? status : -status
    }

    /// A server of `data` on a port of its own choosing, once it listens.
    static func server(
        data: URL, _ arguments: [String] = [], environment: [String: String] = [:]
    ) async throws -> (program: RunningProgram, port: Int) {
        let program = try RunningProgram(
            ["serve", "--port", "0"] + arguments, data: data, environment: environment)
        try await program.wait(for: "the address") { $0.output.contains("/v1/search") }
        let address = /listens on http:\/\/127\.0\.0\.1:(\d+)/
        guard let port = program.output.firstMatch(of: address).flatMap({ Int($0.1) }) else {
            throw Failure(waitedFor: "the port", output: program.output)
        }
        return (program, port)
    }
}
