import Concurrency
import Foundation
import JSONValue
import Models
import Synchronization
import Transport

/// What the client of AWS costs: signed requests a second, streams side by side, a quota used up, a large upload.
enum AWSBenchmark {
    static func run(arguments: [String]) async throws {
        switch arguments.first {
        case "requests": try await requests(seconds: number(arguments, 1, or: 5))
        case "streams": try await streams(count: Int(number(arguments, 1, or: 1_000)))
        case "quota": try await quota(texts: Int(number(arguments, 1, or: 10_000)))
        case "upload":
            try await S3UploadBenchmark.run(
                megabytes: Int(number(arguments, 1, or: 1_024)), sumsWhole: arguments.contains("whole"))
        default:
            throw BenchmarkError(
                "usage: aws requests [SECONDS] | streams [COUNT] | quota [TEXTS] | upload [MEGABYTES] [whole]"
            )
        }
    }

    private static func number(_ arguments: [String], _ place: Int, or standard: Double) -> Double {
        arguments.count > place ? Double(arguments[place]) ?? standard : standard
    }

    /// Calls one after the other and eight at a time, from one processor, the stub on another; then boto3.
    private static func requests(seconds: Double) async throws {
        let stub = try AWSStub(["--delay-ms", "0"], processor: 1)
        let body = Data(
            #"{"inputText": "How long is a shift on call?", "dimensions": 256, "normalize": true}"#.utf8)
        for width in [1, 8, 32] {
            let runtime = try stub.runtime(connections: width)
            let clock = ContinuousClock()
            let end = clock.now + .seconds(seconds)
            let counts = try await Array(0..<width).boundedMap(width: width) { _ in
                var count = 0
                while clock.now < end {
                    _ = try await runtime.invokeModel("stub", body: body)
                    count += 1
                }
                return count
            }
            let rate = Double(counts.reduce(0, +)) / seconds
            print("millrace, \(width) at a time: \(Int(rate)) requests/s")
        }
        guard let python = ProcessInfo.processInfo.environment["MILLRACE_BOTO3_PYTHON"] else { return }
        let peer = Process()
        peer.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        peer.arguments = [
            "taskset", "-c", "0", python, AWSStub.path("aws_peers.py"), "\(stub.port)", "\(seconds)",
        ]
        try peer.run()
        peer.waitUntilExit()
    }

    /// How late each event of many streams is read, and what they take of memory.
    private static func streams(count: Int) async throws {
        let stub = try AWSStub(["--events", "40", "--seconds", "20"])
        let runtime = try stub.runtime(connections: count)
        let idle = try ResidentMemory.peak()
        let lateness = Mutex<[Double]>([])
        let request = ConverseRequest(messages: [.init(role: .user, text: "Go on.")])
        _ = try await Array(0..<count).boundedMap(width: count) { _ in
            var own: [Double] = []
            for try await event in try await runtime.converseStream("stub", request) {
                guard case .text(let stamp) = event, let sent = UInt64(stamp) else { continue }
                var now = timespec()
                clock_gettime(CLOCK_MONOTONIC, &now)
                own.append((Double(now.tv_sec) * 1e9 + Double(now.tv_nsec) - Double(sent)) / 1e6)
            }
            lateness.withLock { $0 += own }
        }
        let sorted = lateness.withLock { $0.sorted() }
        func percentile(_ share: Double) -> Double {
            sorted.isEmpty ? .nan : sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
        }
        print(
            """
            \(count) streams, \(sorted.count) events: p50 \(percentile(0.5)) ms, p99 \(percentile(0.99)) ms, \
            worst \(sorted.last ?? .nan) ms; \(idle >> 20) MB before, \(try ResidentMemory.peak() >> 20) MB at the most
            """)
    }

    /// So many texts through a model of 100 ms a call and 1,000 calls a minute.
    private static func quota(texts: Int) async throws {
        let stub = try AWSStub(["--delay-ms", "100", "--calls-per-minute", "1000"])
        let embedder = try BedrockEmbedder(
            try stub.runtime(connections: 16),
            .init(dimension: 256, maxConcurrency: 16, quota: EmbeddingQuota(callsPerMinute: 1_000)))
        let clock = ContinuousClock()
        let start = clock.now
        var count = 0
        for first in stride(from: 0, to: texts, by: 96) {
            let batch = (first..<min(first + 96, texts)).map { "chunk number \($0)" }
            count += try await embedder.embed(batch, purpose: .passage).count
        }
        let minutes = (clock.now - start) / .seconds(60)
        let told = try JSONValue(parsing: try await stub.statistics())
        print(
            """
            \(count) vectors in \(minutes) min: \(Double(texts) / minutes / 1_000 * 100) % of the quota; \
            \(told["answered"]?.integer ?? 0) calls answered, \(told["throttled"]?.integer ?? 0) throttled, \
            \(told["different"]?.integer ?? 0) different texts
            """)
    }
}
