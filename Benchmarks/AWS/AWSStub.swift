import Foundation
import Transport

/// A server in Python beside the benchmark, on a port of its own choosing: `aws_stub.py` unless told.
final class AWSStub {
    let port: Int
    private let process = Process()
    private let input = Pipe()

    /// - Parameters:
    ///   - script: its file, from the folder of benchmarks on.
    ///   - processor: the one that it is kept to; `nil` for any.
    init(_ arguments: [String], script: String = "aws_stub.py", processor: Int? = nil) throws {
        let script = Self.path(script)
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        let kept = processor.map { ["taskset", "-c", "\($0)"] } ?? []
        process.arguments = kept + ["python3", "-u", script] + arguments
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        guard let port = line.split(whereSeparator: \.isWhitespace).last.flatMap({ Int($0) }) else {
            throw BenchmarkError("The stub did not start: \(line)")
        }
        self.port = port
    }

    deinit {
        process.terminate()
    }

    static func path(_ script: String) -> String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent(script).path
    }

    /// Bedrock's runtime there as the program has it, over a service with AWS's own retries.
    func runtime(connections: Int) throws -> BedrockRuntime {
        var configuration = HTTPClientConfiguration()
        configuration.proxy = .none
        configuration.maxConnectionsPerHost = connections
        return BedrockRuntime(
            try AWSService(
                BedrockRuntime.description, region: "us-east-1",
                credentials: StaticCredentials(
                    AWSCredentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: "secret")),
                http: try CurlHTTPClient(configuration: configuration),
                endpoint: URL(string: "http://127.0.0.1:\(port)"), retrier: AWSRetrier(),
                timeout: .seconds(120), skew: AWSClockSkew()))
    }

    func statistics() async throws -> Data {
        var configuration = HTTPClientConfiguration()
        configuration.proxy = .none
        let client = try CurlHTTPClient(configuration: configuration)
        return try await client.send(HTTPRequest(url: "http://127.0.0.1:\(port)/stats")).body
    }
}
