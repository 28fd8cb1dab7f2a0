import Foundation

/// A Python server running beside the test, on a port of its own choosing; it ends with this value.
///
/// The script prints `listening on PORT` as its first line once it accepts connections, and exits
/// when its standard input closes, so that it cannot outlive a test run that crashed.
public final class ChildServer: Sendable {
    /// Why a server did not start.
    public enum Failure: Error, CustomStringConvertible {
        case didNotStart(script: String, output: String)

        public var description: String {
            switch self {
            case .didNotStart(let script, let output):
                "\(script) did not print “listening on PORT” (is python3 on the PATH?): \(output)"
            }
        }
    }

    public let port: Int
    private let process: ChildProcess

    /// Starts `script` (a file of `Tests/TestSupport`, or an absolute path) with `python3`.
    public init(script: String, arguments: [String] = []) throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let path = script.hasPrefix("/") ? script : folder.appendingPathComponent(script).path
        process = try ChildProcess(arguments: ["python3", "-u", path] + arguments)
        let line = process.firstLine()
        guard line.hasPrefix("listening on "), let port = Int(line.dropFirst("listening on ".count)) else {
            process.kill()
            throw Failure.didNotStart(script: script, output: line)
        }
        self.port = port
    }

    deinit {
        process.kill()
    }

    public var url: String { "http://127.0.0.1:\(port)" }

    /// Writes a line to the script's standard input and waits for the line that it answers; one at a time.
    @discardableResult
    public func tell(_ line: String) -> String {
        process.write(line)
        return process.firstLine()
    }

    /// Ends the server now.
    public func close() {
        process.kill()
    }
}

/// The process and its two pipes.
private final class ChildProcess: @unchecked Sendable {
    // Sendable proof: every property is a constant set in `init`; `Process` is touched afterwards only
    // by `kill`, whose two calls Foundation allows from any thread, and `output` only by `firstLine`,
    // which `ChildServer.init` calls before any other thread can hold a reference, and `tell`, one at a time.
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()

    init(arguments: [String]) throws {
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        process.standardInput = input
        process.standardOutput = output
        try process.run()
    }

    func firstLine() -> String {
        var line = Data()
        while !line.contains(UInt8(ascii: "\n")) {
            let piece = output.fileHandleForReading.availableData
            if piece.isEmpty { break }
            line += piece
        }
        return String(decoding: line, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    func write(_ line: String) {
        try? input.fileHandleForWriting.write(contentsOf: Data("\(line)\n".utf8))
    }

    func kill() {
        if process.isRunning { process.terminate() }
        try? input.fileHandleForWriting.close()
    }
}
