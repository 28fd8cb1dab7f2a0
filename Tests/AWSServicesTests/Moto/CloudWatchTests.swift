import Foundation
import JSONValue
import Synchronization
import TestSupport
import Testing
import Transport

@testable import AWSServices

@Suite(.timeLimit(.minutes(2))) struct `Metrics of CloudWatch, played by moto` {
    /// What CloudWatch makes of a metric.
    private func statistics(
        _ cloudWatch: CloudWatch, _ namespace: String, _ name: String, _ dimensions: [String: String] = [:]
    ) async throws -> [JSONValue] {
        let now = Int(Date().timeIntervalSince1970)
        let (answer, _) = try await cloudWatch.service.json(
            "GetMetricStatistics",
            [
                "Namespace": .string(namespace), "MetricName": .string(name),
                "StartTime": .integer(now - 7200), "EndTime": .integer(now + 7200), "Period": 3600,
                "Statistics": ["Sum", "SampleCount", "Minimum", "Maximum"],
                "Dimensions": .array(
                    dimensions.map { ["Name": .string($0.key), "Value": .string($0.value)] }),
            ])
        return answer["Datapoints"]?.array ?? []
    }

    private func listed(_ cloudWatch: CloudWatch, _ namespace: String) async throws -> Set<String> {
        let (answer, _) = try await cloudWatch.service.json("ListMetrics", ["Namespace": .string(namespace)])
        return Set((answer["Metrics"]?.array ?? []).compactMap { $0["MetricName"]?.string })
    }

    @Test func `are kept with their values, counts, statistics, units and dimensions`() async throws {
        let cloudWatch = try CloudWatch(try await Moto().account())
        let namespace = Moto.name("Test/Metrics")
        var precise = CloudWatchMetric("precise", .values([7: 1]), time: Date())
        precise.isHighResolution = true
        try await cloudWatch.put(
            namespace,
            [
                CloudWatchMetric(
                    "latency", .values([1: 3, 2.5: 1]), unit: .milliseconds, dimensions: ["route": "search"],
                    time: Date()),
                CloudWatchMetric(
                    "size", .statistics(CloudWatchStatistics(count: 3, sum: 6, minimum: 1, maximum: 3)),
                    unit: .bytes, time: Date()), precise,
            ])
        #expect(try await listed(cloudWatch, namespace) == ["latency", "size", "precise"])
        let latency = try await statistics(cloudWatch, namespace, "latency", ["route": "search"])
        #expect(latency.count == 1 && latency.first?["Sum"]?.double == 5.5)
        #expect(latency.first?["SampleCount"]?.double == 4 && latency.first?["Maximum"]?.double == 2.5)
        #expect(latency.first?["Unit"] == "Milliseconds")
        #expect(try await statistics(cloudWatch, namespace, "latency", ["route": "other"]).isEmpty)
        let size = try await statistics(cloudWatch, namespace, "size")
        #expect(size.first?["Sum"]?.double == 6 && size.first?["Minimum"]?.double == 1)
    }

    @Test func `go in as few requests as their count and bytes allow`() async throws {
        let cloudWatch = try CloudWatch(try await Moto().account())
        let many = (0..<2500).map { CloudWatchMetric("m\($0)", .values([1: 1]), time: Date()) }
        let batches = try cloudWatch.batches("n", many)
        #expect(batches.map(\.metrics.count) == [1000, 1000, 500])
        #expect(batches.map(\.range) == [0..<1000, 1000..<2000, 2000..<2500])
        let values = Dictionary(uniqueKeysWithValues: (0..<150).map { (Double($0) + 0.123456789, 1) })
        let large = (0..<1000).map { CloudWatchMetric("m\($0)", .values(values), time: Date()) }
        let split = try cloudWatch.batches("n", large)
        #expect(split.count > 1 && split.map(\.metrics.count).reduce(0, +) == 1000)
        for batch in split {
            let body = try JSONValue.object(["Namespace": "n", "MetricData": .array(batch.metrics)]).text()
            #expect(body.utf8.count <= 1_000_000)
        }
        #expect(try cloudWatch.batches("n", []).isEmpty)
    }

    @Test func `that CloudWatch would refuse are not sent, and neither are those beside them`() async throws {
        let client = ScriptedClient { _, _ in .json("{}") }
        let cloudWatch = try CloudWatch(try await Moto().account(http: client))
        let good = CloudWatchMetric("good", .values([1: 1]), time: Date())
        func bad(_ name: String, _ content: CloudWatchMetric.Content, _ dimensions: [String: String] = [:])
            -> CloudWatchMetric
        {
            CloudWatchMetric(name, content, dimensions: dimensions, time: Date())
        }
        let tooMany = Dictionary(uniqueKeysWithValues: (0..<151).map { (Double($0), 1) })
        let tooWide = Dictionary(uniqueKeysWithValues: (0..<31).map { ("d\($0)", "v") })
        let metrics = [
            bad("", .values([1: 1])), bad(String(repeating: "n", count: 256), .values([1: 1])),
            bad("m", .values([:])), bad("m", .values([1: 0])), bad("m", .values(tooMany)),
            bad("m", .values([.nan: 1])), bad("m", .values([0x1p361: 1])),
            bad("m", .statistics(CloudWatchStatistics(count: 0, sum: 0, minimum: 0, maximum: 0))),
            bad("m", .statistics(CloudWatchStatistics(count: 1, sum: .infinity, minimum: 0, maximum: 0))),
            bad("m", .values([1: 1]), tooWide), bad("m", .values([1: 1]), ["d": ""]),
            bad("m", .values([1: 1]), ["d": "é"]), bad("m", .values([1: 1]), [":d": "v"]),
        ]
        for metric in metrics {
            let error = await #expect(throws: AWSError.self) {
                try await cloudWatch.put("n", [good, metric])
            }
            guard case .invalidOperation = error else {
                Issue.record("\(metric): \(String(describing: error))")
                continue
            }
        }
        for namespace in ["", ":n", String(repeating: "n", count: 256)] {
            await #expect(throws: AWSError.self) { try await cloudWatch.put(namespace, [good]) }
        }
        #expect(client.requests.isEmpty)
    }

    @Test func `are refused where the keys' owner may not give them`() async throws {
        let moto = try Moto()
        let cloudWatch = try CloudWatch(try await moto.account(moto.keys(of: "nobody")))
        let error = await #expect(throws: AWSError.self) {
            try await cloudWatch.put("n", [CloudWatchMetric("m", .values([1: 1]), time: Date())])
        }
        #expect(error?.kind == .accessDenied && error?.description.contains("PutMetricData") == true)
    }

    // MARK: Collected

    @Test func `are collected by name, dimensions and minute, and given once`() async throws {
        let cloudWatch = try CloudWatch(try await Moto().account())
        let namespace = Moto.name("Collected")
        let metrics = CloudWatchMetrics(cloudWatch, namespace: namespace, dimensions: ["service": "s"])
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<100 {
                group.addTask {
                    metrics.add(
                        "latency", Double(number % 10), .milliseconds, dimensions: ["route": "search"])
                    metrics.add("requests", 1, .count)
                }
            }
        }
        try await metrics.flush()
        try await metrics.flush()
        let latency = try await statistics(
            cloudWatch, namespace, "latency", ["service": "s", "route": "search"])
        #expect(latency.compactMap { $0["SampleCount"]?.double }.reduce(0, +) == 100)
        #expect(latency.compactMap { $0["Sum"]?.double }.reduce(0, +) == 450)
        let requests = try await statistics(cloudWatch, namespace, "requests", ["service": "s"])
        #expect(requests.compactMap { $0["Sum"]?.double }.reduce(0, +) == 100)
        #expect(metrics.lost == 0)
    }

    @Test func `become statistics where they have too many different values`() async throws {
        let client = ScriptedClient { _, _ in .json("{}") }
        let cloudWatch = try CloudWatch(try await Moto().account(http: client))
        let metrics = CloudWatchMetrics(cloudWatch, namespace: "n", now: { Date(timeIntervalSince1970: 119) })
        for number in 1...150 { metrics.add("few", Double(number)) }
        for number in 1...200 { metrics.add("many", Double(number)) }
        try await metrics.flush()
        let sent = try JSONValue(parsing: try #require(client.requests.first).text)
        let data = sent["MetricData"]?.array ?? []
        let few = try #require(data.first { $0["MetricName"] == "few" })
        #expect(few["Values"]?.array?.count == 150 && few["Timestamp"] == 60)
        let many = try #require(data.first { $0["MetricName"] == "many" })
        #expect(
            many["StatisticValues"] == ["SampleCount": 200, "Sum": 20100, "Minimum": 1, "Maximum": 200])
        #expect(many["Values"] == nil)
    }

    @Test func `wait while CloudWatch is out of reach, within a bound`() async throws {
        let isReached = Atomic(false)
        let client = ScriptedClient { _, _ in
            isReached.load(ordering: .acquiring) ? .json("{}") : .json("", status: 503)
        }
        let cloudWatch = try CloudWatch(try await Moto().account(http: client))
        let minute = Counter()
        let metrics = CloudWatchMetrics(
            cloudWatch, namespace: "n", mostSeries: 3,
            now: { Date(timeIntervalSince1970: Double(minute.value) * 60) })
        for _ in 0..<5 {
            metrics.add("m", 1)
            await #expect(throws: AWSError.self) { try await metrics.flush() }
            _ = minute.next()
        }
        #expect(metrics.lost == 2)
        metrics.add("m", .nan)
        #expect(metrics.lost == 3)
        isReached.store(true, ordering: .releasing)
        try await metrics.flush()
        let sent = try JSONValue(parsing: try #require(client.requests.last).text)
        #expect(sent["MetricData"]?.array?.compactMap { $0["Timestamp"]?.integer } == [120, 180, 240])
        let count = client.requests.count
        try await metrics.flush()
        #expect(client.requests.count == count)
    }

    @Test func `are not kept from CloudWatch by one that it never takes`() async throws {
        let client = ScriptedClient { _, _ in .json("{}") }
        let metrics = CloudWatchMetrics(
            try CloudWatch(try await Moto().account(http: client)), namespace: "n")
        metrics.add("good", 1)
        metrics.add("bad", 1, dimensions: ["d": ""])
        try await metrics.flush()
        #expect(metrics.lost == 1)
        let sent = try JSONValue(parsing: try #require(client.requests.first).text)
        #expect(sent["MetricData"]?.array?.map { $0["MetricName"] } == ["good"])
    }

    @Test func `are given every minute, and a last time when the task ends`() async throws {
        let flushes = Counter()
        let client = ScriptedClient { _, _ in
            _ = flushes.next()
            return .json("{}")
        }
        let metrics = CloudWatchMetrics(
            try CloudWatch(try await Moto().account(http: client)), namespace: "n")
        let running = Task { await metrics.run(every: .milliseconds(5)) }
        metrics.add("m", 1)
        while flushes.value == 0 { await Task.yield() }
        running.cancel()
        await running.value
        let before = flushes.value
        metrics.add("m", 1)
        let ended = Task { await metrics.run() }
        ended.cancel()
        await ended.value
        #expect(flushes.value == before + 1)
    }
}
