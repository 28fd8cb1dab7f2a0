import AWSServices
import Foundation
import Transport

/// A file to S3 in parts, through moto, which checks every signature: beside boto3, in turn. Both as they come, with a sum of
/// the parts' sums; or both with one checksum of the whole object, which moto makes anew at the end.
enum S3UploadBenchmark {
    private static let bucket = "uploads"
    private static let rounds = 5

    static func run(megabytes: Int, sumsWhole: Bool) async throws {
        guard let python = ProcessInfo.processInfo.environment["MILLRACE_BOTO3_PYTHON"] else {
            throw BenchmarkError("MILLRACE_BOTO3_PYTHON must name a Python that has moto and boto3")
        }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "millrace-upload-\(getpid())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let keyFile = folder.appendingPathComponent("keys.json").path
        let server = try AWSStub([keyFile], script: "../Tests/TestSupport/moto_server.py")
        let keys = try JSONDecoder().decode(
            [String: [String: String]].self, from: try Data(contentsOf: URL(fileURLWithPath: keyFile)))
        let key = AWSCredentials(
            accessKeyID: keys["admin"]?["accessKeyID"] ?? "",
            secretAccessKey: keys["admin"]?["secretAccessKey"] ?? "")
        let file = folder.appendingPathComponent("file").path
        try write(megabytes, to: file)

        let endpoint = "http://127.0.0.1:\(server.port)"
        let made = try peer(python, [endpoint, bucket, "make"], key)
        made.process.waitUntilExit()
        guard made.process.terminationStatus == 0 else { throw BenchmarkError("boto3 made no bucket") }
        let theirs = try peer(python, [endpoint, bucket, file] + (sumsWhole ? ["whole"] : []), key)
        defer { theirs.process.terminate() }
        guard try theirs.line() == "ready" else { throw BenchmarkError("boto3 did not start") }
        let ours = try await client(endpoint, key)
        var options = S3WriteOptions()
        options.sumsWhole = sumsWhole

        let idle = try ResidentMemory.peak()
        let clock = ContinuousClock()
        var seconds: (ours: [Double], theirs: [Double]) = ([], [])
        for _ in 0..<rounds {
            let start = clock.now
            _ = try await ours.upload(bucket, "ours", fileAt: file, options: options)
            seconds.ours.append((clock.now - start) / .seconds(1))
            try theirs.input.fileHandleForWriting.write(contentsOf: Data("\n".utf8))
            guard let told = Double(try theirs.line()) else {
                throw BenchmarkError("boto3 did not upload the file")
            }
            seconds.theirs.append(told)
        }
        let memory = (try ResidentMemory.peak() - idle) >> 20
        func told(_ seconds: [Double]) -> String {
            seconds.map { String(format: "%.1f", $0) }.joined(separator: ", ")
        }
        func middle(_ seconds: [Double]) -> Double { seconds.sorted()[seconds.count / 2] }
        let ratio = middle(seconds.theirs) / middle(seconds.ours)
        print(
            """
            \(megabytes) MiB, \(rounds) times in turn: millrace \(told(seconds.ours)) s, boto3 \(told(seconds.theirs)) s; \
            by the middle ones \(String(format: "%.2f", ratio)) times boto3's speed; at most \(memory) MB of memory above idle
            """)
    }

    private static func client(_ endpoint: String, _ key: AWSCredentials) async throws -> S3 {
        var configuration = HTTPClientConfiguration()
        configuration.proxy = .none
        let http = try CurlHTTPClient(configuration: configuration)
        let account = try await AWSAccount(
            environment: AWSEnvironment(variables: ["AWS_ENDPOINT_URL": endpoint]), region: "us-east-1",
            credentials: StaticCredentials(key), http: http, localHTTP: http)
        return try S3(account)
    }

    /// Bytes that nothing makes smaller.
    private static func write(_ megabytes: Int, to path: String) throws {
        let random = try FileHandle(forReadingFrom: URL(fileURLWithPath: "/dev/urandom"))
        try Data().write(to: URL(fileURLWithPath: path))
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        for _ in 0..<megabytes {
            guard let bytes = try random.read(upToCount: 1 << 20) else { break }
            try file.write(contentsOf: bytes)
        }
        try file.close()
    }

    private struct Peer {
        let process: Process
        let input: Pipe
        let output: Pipe

        /// What it says next, without the end of the line.
        func line() throws -> String {
            var line = Data()
            while let byte = try output.fileHandleForReading.read(upToCount: 1), byte != Data([10]) {
                line += byte
            }
            return String(decoding: line, as: UTF8.self)
        }
    }

    private static func peer(
        _ python: String, _ arguments: [String], _ key: AWSCredentials
    ) throws -> Peer {
        let peer = Peer(process: Process(), input: Pipe(), output: Pipe())
        peer.process.executableURL = URL(fileURLWithPath: python)
        peer.process.arguments = [AWSStub.path("aws_upload_peer.py")] + arguments
        peer.process.environment = ProcessInfo.processInfo.environment.merging([
            "AWS_ACCESS_KEY_ID": key.accessKeyID, "AWS_SECRET_ACCESS_KEY": key.secretAccessKey,
        ]) { $1 }
        peer.process.standardInput = peer.input
        peer.process.standardOutput = peer.output
        try peer.process.run()
        return peer
    }
}
